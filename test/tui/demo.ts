/** Shows the screens over a made-up run, without any server: `node test/tui/demo.ts '{"start":"live","paceMs":200}'`. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFixture } from "./bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "lifeboat-demo-"));
const file = await bundleFixture(folder);
const { status } = spawnSync(process.execPath, [file, process.argv[2] ?? "{}"], { stdio: "inherit" });
rmSync(folder, { recursive: true });
process.exit(status ?? 1);
