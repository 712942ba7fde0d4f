import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../hosts/foreground.ts";
import type { Redactor } from "../journal/redact.ts";
import type { World } from "./world.ts";

/**
 * Opens a shell whose input and output are recorded (by `script` of util-linux) into the run's folder. Returns the name of
 * the recording. The record is redacted as soon as the shell ends.
 */
export async function openShell(world: World, folder: string, redactor: Redactor): Promise<string> {
  let count = 1;
  while (existsSync(join(folder, "output", `shell-${count}.log`))) count += 1;
  const name = `output/shell-${count}.log`;
  const path = join(folder, name);
  writeFileSync(path, "", { mode: 0o600 });
  const shell = world.env["SHELL"] || "/bin/sh";
  world.stdout.write(`This shell is recorded in ${path}. Leave it with exit or ctrl-d.\n`);
  await runInForeground(["script", "--quiet", "--append", "--command", shell, path], world.env, world.cwd);
  writeFileSync(path, redactor.text(readFileSync(path, "utf8")), { mode: 0o600 });
  return name;
}

/** Lets the operator edit a text in their own editor; undefined when it was not changed or the editor failed. */
export async function editText(world: World, text: string): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-edit-"));
  const path = join(folder, "command.sh");
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    const editor = world.env["VISUAL"] || world.env["EDITOR"] || "vi";
    // An editor may be given with options ("code --wait"): split at spaces, as other programs do.
    const code = await runInForeground([...editor.split(/\s+/), path], world.env, world.cwd);
    const edited = readFileSync(path, "utf8").replace(/\n$/, "");
    return code === 0 && edited !== text ? edited : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
