import { once } from "node:events";
import { execa } from "execa";
import type { Command } from "../step/command.ts";
import { childEnv, type ChildEnvConfig } from "./child-env.ts";

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
  const child = execa(command.argv[0] ?? "", command.argv.slice(1), {
    env: childEnv(config, command),
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
  child.stdin.write(command.stdin ?? "");
  let text = "";
  const line = (async (): Promise<string> => {
    while (!text.includes("\n")) {
      const [chunk] = await once(child.stdout, "data");
      text += String(chunk);
    }
    return text.split("\n")[0] ?? "";
  })();
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
