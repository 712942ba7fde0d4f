import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { addToCache } from "./cache.ts";
import type { Edit, GoTool } from "./need.ts";
import { findProgram } from "./programs.ts";
import { runLogged } from "./run-logged.ts";

const Answer = z.object({ Dir: z.string().optional(), Error: z.string().optional() });

// Debian without a C compiler, and no developer's settings: the same program everywhere.
const ENV = { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };

/**
 * Builds a program from its module's source, as its own project does. Not `go install module@version`: that asks the
 * proxy for the list of all versions, which not every proxy gives, and allows no file beside the source.
 */
export async function installGo(tool: GoTool, cache: string, log: string): Promise<void> {
  if (findProgram("go") === undefined) throw new Error("no go on this machine; Go 1.24 or newer is needed");
  await addToCache(cache, tool, async (folder) => {
    const source = join(folder, "source");
    await cp(await download(tool, folder), source, { recursive: true });
    await makeWritable(source);
    for (const [file, content] of Object.entries(tool.files ?? {})) {
      await mkdir(dirname(join(source, file)), { recursive: true });
      await writeFile(join(source, file), content);
    }
    for (const edit of tool.edits ?? []) await applyEdit(source, edit);
    const program = join(folder, tool.program);
    await runLogged(buildCommand(tool, program), { log, cwd: source, env: ENV });
    await runLogged([program, "--version"], { log, cwd: folder });
    await rm(source, { recursive: true });
  });
}

/** Two compilers at once: the biggest of these needs about 1 GB each. */
export function buildCommand(tool: GoTool, program: string): string[] {
  const set = Object.entries(tool.set ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const linker = ["-s", "-w", ...set].join(" ");
  const flags = ["-p", "2", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", linker];
  return ["go", "build", ...flags, "-o", program, tool.main];
}

/** The folder of the source in Go's module cache; Go has checked it against its checksum database. */
async function download(tool: GoTool, cwd: string): Promise<string> {
  const argv = ["mod", "download", "-json", `${tool.module}@${tool.version}`];
  const { stdout } = await promisify(execFile)("go", argv, { cwd, env: { ...process.env, ...ENV } }).catch(
    // With -json Go says on stdout what failed, too.
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  return downloadedFolder(stdout);
}

/** Reads what `go mod download -json` printed. Throws with its reason when nothing was downloaded. */
export function downloadedFolder(json: string): string {
  const { Dir, Error: reason } = Answer.parse(JSON.parse(json === "" ? "{}" : json));
  if (Dir === undefined) throw new Error(reason ?? "go mod download failed and gave no reason");
  return Dir;
}

/** Go keeps its module cache read-only. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeWritable(path);
    else await chmod(path, 0o644);
  }
}

async function applyEdit(source: string, edit: Edit): Promise<void> {
  const file = join(source, edit.file);
  const text = await readFile(file, "utf8");
  if (text.split(edit.from).length !== 2) throw new Error(`${edit.file} has not exactly one ${edit.from}`);
  await writeFile(
    file,
    text.replace(edit.from, () => edit.to),
  );
}
