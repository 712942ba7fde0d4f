import { z } from "zod";
import type { Check, CheckResult, Judge } from "../step/check.ts";
import { sizeInWords } from "../base/size.ts";

const catalogSchema = z.object({
  backups: z.array(
    z.object({ path: z.string(), bytes: z.number(), manifest: z.string().optional() }).loose(),
  ),
});
const argsSchema = z.object({ store: z.string() });

/** args: {store}. Evidence: the path of the backup, what it holds, then the catalog of the store as JSON. */
export const judgeBackupTaken: Judge = ({ stdout }, args) => {
  const { store } = argsSchema.parse(args);
  const [path = "", words = "", ...rest] = stdout.split("\n");
  const { backups } = catalogSchema.parse(JSON.parse(rest.join("\n")));
  const found = backups.find((backup) => backup.path === path);
  return [
    result(
      `${store}: in the catalog`,
      found !== undefined,
      found === undefined ? "not found" : `${path}, ${sizeInWords(found.bytes)}`,
      `a restore would not find ${path}: no pattern under "backups" in system.yaml matches it`,
    ),
    result(
      `${store}: with manifest`,
      found?.manifest !== undefined,
      words,
      "a restore could not be compared with what was in it",
    ),
  ];
};

const result = (name: string, isSo: boolean, found: string, why: string): CheckResult => ({
  name,
  level: "other",
  result: isSo ? "pass" : "fail",
  found,
  ...(isSo ? {} : { why }),
});

/** What a person has to see where it would be green. */
export const backupMustShow = ({ judge }: Check): string[] =>
  judge === "backup-taken" ? ["the path in the first line is among the paths below it, with a manifest"] : [];
