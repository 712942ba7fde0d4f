import { z } from "zod";
import type { CheckResult, Judge } from "../../step/check.ts";

/**
 * args: {database, folder}. Lines "meta", "data", "wal" for what is there, then "= <database>" for each folder of a database.
 * The metadata of the whole server is replaced: other databases would be gone.
 */
export const judgeFolders: Judge = (evidence, args) => {
  const { database, folder } = z.object({ database: z.string(), folder: z.string() }).parse(args);
  const lines = evidence.stdout.trim().split("\n");
  const missing = ["meta", "data", "wal"].filter((name) => !lines.includes(name));
  const others = lines
    .filter((line) => line.startsWith("= "))
    .map((line) => line.slice(2))
    .filter((name) => name !== database && name !== "_internal");
  const base = { level: "other" as const };
  const folders: CheckResult =
    missing.length === 0
      ? { ...base, name: "the server's folders are there", result: "pass", found: folder }
      : {
          ...base,
          name: "the server's folders are there",
          result: "fail",
          why: `${missing.join(", ")} missing in ${folder}`,
          fix: "correct offline.folder in system.yaml; meta, data and wal have to lie in it",
        };
  const alone: CheckResult =
    others.length === 0
      ? { ...base, name: "no other database is on the server", result: "pass" }
      : {
          ...base,
          name: "no other database is on the server",
          result: "fail",
          why: `${others.join(", ")}: a legacy backup replaces the metadata of the whole server, and they would be gone`,
          fix: "restore with --strategy swap, which leaves other databases alone",
        };
  return [folders, alone];
};
