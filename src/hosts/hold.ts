import { once } from "node:events";
import type { Readable } from "node:stream";
import { execa } from "execa";
import type { Command } from "../step/command.ts";
import { childEnv, type ChildEnvConfig } from "./child-env.ts";
import { farCall } from "./far-call.ts";
import { createLauncher } from "./launcher.ts";
import { MarkReader } from "./mark-reader.ts";
import { NO_MASTERS } from "./ssh-master.ts";
import { createWays } from "./ways.ts";

/** A program that stays until it is let go; it also ends when Lifeboat dies, because its standard input ends then. */
export interface Held {
  /** What it said first. */
  firstLine: string;
  /** True as long as it is there. */
  alive: () => boolean;
  release: () => Promise<void>;
}

/**
 * Starts a program whose standard input stays open after the command's text, and waits for its first line. Rejects with
 * what it printed on stderr when it ends without one.
 */
export async function hold(config: ChildEnvConfig, command: Command): Promise<Held> {
  const call = await callOf(config, command);
  const child = execa(call.argv[0] ?? "", call.argv.slice(1), {
    env: call.env,
    extendEnv: false,
    stdin: "pipe",
    reject: false,
    // Ctrl-C at the terminal must not let a lock go while the run is still ending its steps.
    detached: true,
    cleanup: true,
  });
  let ended = false;
  const over = child.then((result) => {
    ended = true;
    return result;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.write(call.text);
  const line = firstLine(child.stdout, call.marks);
  const first = await Promise.race([line, over]);
  if (typeof first !== "string") throw new Error(String(first.stderr).trim() || "it ended without a word");
  return {
    firstLine: first,
    alive: () => !ended,
    release: async () => {
      child.stdin.end();
      await over;
    },
  };
}

interface Call {
  argv: readonly string[];
  env: Record<string, string>;
  text: string;
  /** Of a far program: its own output begins after them. */
  marks: MarkReader | undefined;
}

/** What follows the text on the stream is the program's own input, here as at a far end: it ends when this process does. */
async function callOf(config: ChildEnvConfig, command: Command): Promise<Call> {
  const { argv, stdin = "" } = command;
  if ((command.on ?? []).length === 0)
    return { argv, env: childEnv(config, command), text: stdin, marks: undefined };
  const reads = createLauncher({ ...config, allow: "reads" });
  const ways = createWays((question) => reads(question, { effect: "reads" }), NO_MASTERS);
  const call = await farCall(config, ways, command, "rest");
  return { ...call, text: call.text + stdin, marks: new MarkReader(call.nonce, "never") };
}

async function firstLine(stdout: Readable, marks: MarkReader | undefined): Promise<string> {
  let text = "";
  while (!text.includes("\n")) {
    const [chunk]: Buffer[] = await once(stdout, "data");
    if (chunk !== undefined) text += String(marks?.take(chunk) ?? chunk);
  }
  return text.split("\n")[0] ?? "";
}
