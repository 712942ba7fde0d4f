/** Bundles src into one file, dist/lifeboat.js: it starts in a third of the time of loose modules. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const result = await build({
  entryPoints: { lifeboat: "src/cli/main.ts" },
  outdir: "dist",
  write: false,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22",
  jsx: "automatic",
  sourcemap: "linked",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
  plugins: [
    {
      // ink's devtools bridge is never used (DEV=false), but a static import in one file would be looked for at start.
      name: "without-devtools",
      setup: ({ onResolve, onLoad }) => {
        onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: "nothing" }));
        onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "export default {};" }));
      },
    },
  ],
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
  },
});

// Renamed into place: a Lifeboat that starts meanwhile reads a whole file, the old or the new one.
mkdirSync("dist", { recursive: true });
for (const { path, contents } of result.outputFiles) {
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}
