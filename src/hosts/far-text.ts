import { shellLine, shellWord } from "../base/quote.ts";
import { type Command, hereDocument } from "../step/command.ts";

/** What a far command's standard input is: text of its own, nothing, or what follows this text on the same stream. */
export type FarInput = "text" | "none" | "rest";

export interface FarTextOptions {
  /** Everything its environment gets there, values of secrets among it. */
  env: Readonly<Record<string, string>>;
  /** Hexadecimal digits nobody can have guessed: its lines of output begin with them. */
  nonce: string;
  input: FarInput;
}

/** Tells one call from another in the environment of what it starts. */
export const CALL_MARK = "LIFEBOAT_CALL";

/**
 * A command as text for any POSIX shell at the far end: environment, folder, program, input, between a line that says
 * that it began and one that says how it ended. It is one brace group: a shell reads it to its end before it does
 * anything, so text that was cut on its way is a syntax error and nothing is run. That the shell itself is a child of
 * something else (sudo, a pod's runtime) or clears its environment changes nothing: everything is said inside.
 */
export function farText(command: Command, { env, nonce, input }: FarTextOptions): string {
  const names = Object.keys(env);
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`);
  const path = command.path ?? [];
  const lines = [
    "{",
    ...(names.length === 0 ? [] : [...assignments, `export ${names.join(" ")}`]),
    // A login shell's own PATH there is kept behind.
    ...(path.length === 0 ? [] : [`PATH=${shellWord(path.join(":"))}:"$PATH"`, "export PATH"]),
    `printf '\\n%s begin\\n' ${nonce}`,
    `( ${program(command)} )${inputOf(command, input)}`,
    `printf '\\n%s end %s\\n' ${nonce} "$?"`,
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function program({ argv, cwd }: Command): string {
  const run = `exec ${shellLine(argv)}`;
  return cwd === undefined ? run : `cd ${shellWord(cwd)} && ${run}`;
}

function inputOf(command: Command, input: FarInput): string {
  if (input === "rest") return "";
  return input === "none" || command.stdin === undefined ? " < /dev/null" : hereDocument(command.stdin);
}

/**
 * What starts it: the same words for every command but for the number of bytes to read. `head` may read ahead; where
 * something follows on the stream it must not, and `dd` takes single bytes.
 */
export function farStart(text: string, input: FarInput): string[] {
  const bytes = Buffer.byteLength(text);
  const read = input === "rest" ? `dd bs=1 count=${bytes} 2>/dev/null` : `head -c ${bytes}`;
  return ["sh", "-c", `eval "$(${read})"`];
}
