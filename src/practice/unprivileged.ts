import { geteuid } from "node:process";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Launch } from "../hosts/launcher.ts";
import { onPath } from "./server-programs.ts";

/** Who runs the server. PostgreSQL refuses to run as root. */
export interface ServerUser {
  /** What goes before an argv so that it runs as this user; empty when we are not root. */
  prefix: string[];
  /** Present when files made by root have to be given to this user. */
  owner?: { uid: number; gid: number };
}

const CANDIDATES = ["postgres", "nobody"] as const;

/**
 * As root: user `postgres`, else `nobody`, by setpriv. Otherwise whoever we are. `path` is searched for setpriv.
 * Throws exit 11 when root has no way to become somebody else.
 */
export async function serverUser(launch: Launch, path: string): Promise<ServerUser> {
  if (geteuid?.() !== 0) return { prefix: [] };
  const setpriv = onPath("setpriv", `${path}:/usr/bin:/bin`);
  const ids = setpriv === undefined ? undefined : await firstKnown(launch);
  if (setpriv === undefined || ids === undefined) {
    throw new LifeboatError(EXIT.preflight, {
      what: "PostgreSQL does not run as root, and no ordinary user could be taken instead",
      why: setpriv === undefined ? "setpriv is not installed" : "there is neither a user postgres nor nobody",
      next: "start Lifeboat as an ordinary user",
    });
  }
  const { uid, gid } = ids;
  return {
    prefix: [setpriv, `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"],
    owner: { uid, gid },
  };
}

async function firstKnown(launch: Launch): Promise<{ uid: number; gid: number } | undefined> {
  for (const name of CANDIDATES) {
    const ask = async (flag: string): Promise<number> => {
      const said = await launch({ argv: ["id", flag, name], env: {}, secrets: {} }, { effect: "reads" });
      return said.exit === 0 ? Number(said.stdout) : Number.NaN;
    };
    const [uid, gid] = [await ask("-u"), await ask("-g")];
    if (uid > 0 && gid >= 0) return { uid, gid };
  }
  return undefined;
}
