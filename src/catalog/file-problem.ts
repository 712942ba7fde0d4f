import { messageOf } from "../base/errors.ts";

const SAYS: Record<string, string> = {
  ENOENT: "it does not exist",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  ELOOP: "its symbolic links lead in a circle",
  ENOTDIR: "it is not a folder",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "its name is too long",
  EIO: "the disk could not read it (input/output error)",
  ESTALE: "the network share lost it",
};

/** A file system error in plain words, with its code; code is empty for anything else. */
export function fileProblem(error: unknown): { code: string; says: string } {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return { code, says: SAYS[code] ?? messageOf(error) };
}
