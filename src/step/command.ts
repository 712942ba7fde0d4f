import { z } from "zod";
import { shellLine, shellWord } from "../base/quote.ts";
import { hopSchema } from "./hop.ts";
import { carriedByHand } from "./typeable-on.ts";

/**
 * One program started on a host. Everything Lifeboat does to a store is one of these, so that a person can type it.
 * `env` is shown; `secrets` names environment variables and the vault key each is filled from at launch.
 */
export const commandSchema = z.strictObject({
  argv: z.array(z.string()).min(1),
  stdin: z.string().optional().describe("text fed to standard input, e.g. SQL for psql -f -"),
  env: z.record(z.string(), z.string()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
  cwd: z.string().optional(),
  /** What it must print on stdout when it has really finished: an exit code is not evidence. */
  token: z.string().optional(),
  /** It starts something that is to outlive the run (a server): nobody takes that for a leftover of the run. */
  stays: z.boolean().optional(),
  /** The way to where it runs, outermost first; none: this machine. Program, folder and environment are that place's. */
  on: z.array(hopSchema).optional(),
  /** Folders there to look for programs in first; only with `on`. */
  path: z.array(z.string()).optional(),
  /** A file of this machine that is streamed to its standard input, instead of `stdin`; only with `on`. */
  feed: z
    .strictObject({
      file: z.string(),
      bytes: z.number().optional().describe("as many as it had when planned"),
    })
    .optional(),
  /** A file of this machine that gets its standard output, which is not shown then; it begins empty. */
  into: z.string().optional(),
});

export type Command = z.infer<typeof commandSchema>;

/**
 * The command as it can be typed into a shell; secrets appear as a reminder to export them, never as values. With
 * `columns` it is broken between words, as a shell reads it; words themselves, and what it is fed, stay whole.
 */
export function typeable(command: Command, columns = Number.POSITIVE_INFINITY): string {
  if ((command.on ?? []).length > 0) return typeableThere(command, columns);
  const env = Object.entries(command.env).map(([name, value]) => `${name}=${shellWord(value)}`);
  const heredoc = command.stdin === undefined ? "" : hereDocument(command.stdin);
  const into = command.cwd === undefined ? [] : ["cd", shellWord(command.cwd), "&&"];
  return folded([...into, ...env, ...command.argv.map(shellWord)], columns) + heredoc;
}

/** From here to where it runs. What its input is told first (secrets) goes before its own text. */
function typeableThere(command: Command, columns: number): string {
  const { words, asks } = carriedByHand(command, command.on ?? []);
  const { stdin, feed, into } = command;
  const line = folded([...words, ...(into === undefined ? [] : [">", shellWord(into)])], columns);
  const said = asks.map((name) => `printf '%s\\n' "$${name}"`);
  if (said.length === 0)
    return feed === undefined
      ? line + (stdin === undefined ? "" : hereDocument(stdin))
      : `${line} < ${shellWord(feed.file)}`;
  if (feed !== undefined) return `{ ${said.join("; ")}; cat ${shellWord(feed.file)}; } | ${line}`;
  if (stdin === undefined) return `{ ${said.join("; ")}; } | ${line}`;
  return `{ ${said.join("; ")}; cat${hereDocument(stdin)}\n} | ${line}`;
}

function folded(words: readonly string[], columns: number): string {
  let line = "";
  let text = "";
  for (const word of words) {
    // Two columns for the backslash.
    const isFull = line !== "" && line.length + 1 + word.length + 2 > columns;
    text += isFull ? ` \\\n  ${word}` : `${line === "" ? "" : " "}${word}`;
    line = isFull ? `  ${word}` : `${line} ${word}`;
  }
  return text;
}

/** The command as text for a shell, without its environment and folder: what an operator may change before a retry. */
export function editable(command: Command): string {
  const [program, flag, script, ...more] = command.argv;
  const isScript = program === "sh" && flag === "-c" && script !== undefined && more.length === 0;
  const line = isScript ? script : shellLine(command.argv);
  return command.stdin === undefined ? line : line + hereDocument(command.stdin);
}

/** Ended by a word that is no line of the text: a here-document ends at the first line that is its word. */
export function hereDocument(text: string): string {
  const lines = new Set(text.split("\n"));
  let end = "END";
  for (let more = 1; lines.has(end); more += 1) end = `END_${more}`;
  return ` <<'${end}'\n${text.replace(/\n*$/, "\n")}${end}`;
}
