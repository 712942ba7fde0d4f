import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { HopOf } from "../step/hop.ts";
import { endGroup } from "./end-group.ts";
import { sshWords } from "./hops/ssh-words.ts";

/** Connections kept open, a socket for each destination; commands go through them without connecting anew. */
export interface SshMasters {
  /** The socket of a connection that is open; undefined when it could not be opened: the command then says why. */
  socketFor(hop: HopOf<"ssh">): Promise<string | undefined>;
}

/** For a program that stays: it has a connection of its own. */
export const NO_MASTERS: SshMasters = { socketFor: async () => undefined };

/** Besides the time connecting may take. */
const PATIENCE_MS = 5_000;

/**
 * A connection is a child of its own that ends when this process does, however that ends: its far side is a `cat` that
 * reads until its input is gone. ssh's own ControlPersist would leave a daemon behind that holds the pipes of whatever
 * command happened to be the first. Nothing of it keeps this process from ending.
 */
export function createSshMasters(env: Record<string, string>): SshMasters {
  const open = new Map<string, Promise<string | undefined>>();
  return {
    socketFor: (hop) => {
      const key = JSON.stringify(hop);
      const found = open.get(key) ?? connect(hop, env, () => open.delete(key));
      open.set(key, found);
      return found;
    },
  };
}

async function connect(
  hop: HopOf<"ssh">,
  env: Record<string, string>,
  onGone: () => void,
): Promise<string | undefined> {
  // Short: a socket's path may have some 100 characters, and ssh adds to it while it makes it.
  const folder = mkdtempSync(join(env["XDG_RUNTIME_DIR"] ?? tmpdir(), "lb-"));
  const socket = join(folder, "s");
  const nonce = randomBytes(8).toString("hex");
  const [program = "", ...options] = sshWords(hop);
  const master = ["-o", "ControlMaster=yes", "-o", `ControlPath=${socket}`];
  const words = [program, ...master, ...options, `echo ${nonce}; exec cat >/dev/null`];
  // The connection outlives this process by an instant, and by more when that is killed: its folder goes with it.
  const child = execa("sh", ["-c", '"$@"; rm -rf "$0"', folder, ...words], {
    env,
    extendEnv: false,
    stdio: ["pipe", "pipe", "ignore"],
    buffer: false,
    reject: false,
    detached: true,
    cleanup: true,
  });
  const gone = child.then((): undefined => {
    onGone();
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  });
  child.stdin.on("error", () => undefined);
  const late = setTimeout(
    () => child.pid !== undefined && endGroup(child.pid, 0),
    hop.timeoutSeconds * 1000 + PATIENCE_MS,
  );
  const ready = await Promise.race([gone, heard(child.stdout, nonce)]);
  clearTimeout(late);
  for (const handle of [child.nodeChildProcess, child.stdin, child.stdout]) unref(handle);
  return ready === true ? socket : undefined;
}

async function heard(stdout: AsyncIterable<unknown>, nonce: string): Promise<true | undefined> {
  let text = "";
  for await (const chunk of stdout) {
    text += String(chunk);
    if (text.includes(nonce)) return true;
  }
  return undefined;
}

function unref(handle: unknown): void {
  if (
    typeof handle === "object" &&
    handle !== null &&
    "unref" in handle &&
    typeof handle.unref === "function"
  )
    handle.unref();
}
