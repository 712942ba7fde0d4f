import { LifeboatError, messageOf } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";

const WORDS: Record<string, string> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it is on a file system that cannot be written to",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "something that is no folder is in the way",
  EEXIST: "something that is no folder is in the way",
  ENOENT: "no folder can be made there",
};

/** LIFEBOAT_HOME cannot be used: no bug, and it has a way out. Anything else is given back as it is. */
export function homeTrouble(error: unknown, home: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const why = WORDS[String(error.code)];
  // A write that finds the disk full does not say in which file; only the home is written to without more ado.
  const isWrite = "syscall" in error && error.syscall === "write";
  const path = "path" in error ? String(error.path) : isWrite ? home : "";
  const concerns = path === home || path.startsWith(`${home}/`) || home.startsWith(`${path}/`);
  if (why === undefined || !concerns) return error;
  return new LifeboatError(
    EXIT.preflight,
    {
      what: "the folder for runs (LIFEBOAT_HOME) cannot be written to",
      where: path,
      why: `${why} (${messageOf(error)})`,
      changed: "nothing, unless a run had begun: then its journal says what",
      next: "give another one: export LIFEBOAT_HOME=<folder you may write to>",
    },
    error,
  );
}
