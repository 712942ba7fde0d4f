import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles the fixture into a folder, because Node runs no TSX; gives the file to run. */
export async function bundleFixture(folder: string): Promise<string> {
  await build({
    entryPoints: { fixture: fileURLToPath(new URL("fixture.ts", import.meta.url)) },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // Keeps ink's devtools in a file of their own, which is never loaded.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
    external: ["react-devtools-core"],
    banner: {
      js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
    },
  });
  return join(folder, "fixture.mjs");
}
