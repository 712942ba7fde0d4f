import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellLine } from "../base/quote.ts";
import { runInForeground } from "../hosts/foreground.ts";
import type { Redactor } from "../journal/redact.ts";
import type { World } from "./world.ts";

type Terminal = Pick<World, "env" | "cwd" | "stdout">;

/**
 * Opens a shell whose input and output are recorded (by `script` of util-linux) into the run's folder. The record is
 * redacted as soon as the shell ends. Returns its name and sum; undefined where nothing can record, and then there is no
 * shell either: what was typed into it would be nowhere.
 */
export async function openShell(
  world: Terminal,
  folder: string,
  redactor: Redactor,
): Promise<{ file: string; sha256: string } | undefined> {
  if (!isOnPath(world.env, "script")) {
    world.stdout.write(
      "A shell here could not be recorded: the program script is not installed (util-linux, bsdutils).\n",
    );
    return undefined;
  }
  let count = 1;
  while (existsSync(join(folder, "output", `shell-${count}.log`))) count += 1;
  const file = `output/shell-${count}.log`;
  const path = join(folder, file);
  writeFileSync(path, "", { mode: 0o600 });
  const shell = world.env["SHELL"] || "/bin/sh";
  world.stdout.write(`This shell is recorded in ${path}. Leave it with exit or ctrl-d.\n`);
  await runInForeground(["script", "--quiet", "--append", "--command", shell, path], world.env, world.cwd);
  const text = redactor.text(readFileSync(path, "utf8"));
  writeFileSync(path, text, { mode: 0o600 });
  return { file, sha256: createHash("sha256").update(text).digest("hex") };
}

function isOnPath(env: Record<string, string>, program: string): boolean {
  return (env["PATH"] ?? "").split(":").some((folder) => folder !== "" && existsSync(join(folder, program)));
}

/** Lets the operator edit a text in their own editor; undefined when it was not changed or the editor failed. */
export async function editText(world: Terminal, text: string): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-edit-"));
  const path = join(folder, "command.sh");
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    const editor = world.env["VISUAL"] || world.env["EDITOR"] || "vi";
    // An editor may be given with options ("code --wait"): a shell's matter, as with other programs. `script` gives it a
    // terminal of its own, so that ctrl-c in it is no signal to Lifeboat, which would stop the run.
    const command = `${editor} ${shellLine([path])}`;
    const argv = isOnPath(world.env, "script")
      ? ["script", "--quiet", "--return", "--command", command, "/dev/null"]
      : ["sh", "-c", command];
    const code = await runInForeground(argv, world.env, world.cwd);
    const edited = readFileSync(path, "utf8").replace(/\n$/, "");
    return code === 0 && edited !== text ? edited : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
