import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { Command } from "../step/command.ts";
import type { Launch, LaunchOptions, LaunchResult } from "./launcher.ts";

/** How many bytes the file has that a command is fed, for commands that count them: a cut stream ends like a whole one. */
export const FEED_BYTES = "FEED_BYTES";
/** Its sha256, where making it takes no time: larger ones are compared by whoever has read them anyway. */
export const FEED_SHA256 = "FEED_SHA256";
const SMALL = 16 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/** A launcher for commands whose input is a file of this machine, or whose output becomes one. */
export function withFiles(launch: Launch): Launch {
  return async (command, options) => {
    const { into, feed } = command;
    if (into !== undefined) return intoFile(launch, command, into, options);
    if (feed === undefined) return launch(command, options);
    const { size } = await stat(feed.file);
    const small = size > SMALL ? {} : { [FEED_SHA256]: await sha256(feed.file) };
    return launch({ ...command, env: { ...command.env, [FEED_BYTES]: String(size), ...small } }, options);
  };
}

const sha256 = async (path: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex");

/** Written as it comes, however long it is; a slow disk holds the far end back. On disk before it counts as done. */
async function intoFile(
  launch: Launch,
  command: Command,
  path: string,
  options: LaunchOptions,
): Promise<LaunchResult> {
  const file = createWriteStream(path, { mode: 0o600, flush: true });
  // Whoever waits for it gets the error as well.
  const written = finished(file);
  written.catch(() => undefined);
  try {
    const result = await launch(command, {
      ...options,
      keepBytes: 0,
      onChunk: async (chunk, stream) => {
        if (stream === "stderr") return options.onChunk?.(chunk, stream);
        if (file.errored) throw file.errored;
        if (!file.write(chunk)) await Promise.race([once(file, "drain"), written]);
        // Whoever watches hears that something comes.
        await options.onChunk?.(NOTHING, stream);
      },
    });
    file.end();
    await written;
    // What is kept of it here is not all there was, and nobody is to take that for a fault.
    return { ...result, stdout: "", cut: false };
  } finally {
    file.destroy();
  }
}
