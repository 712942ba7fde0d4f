import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import { sizeInWords } from "../../base/size.ts";
import { isPattern, patternOf } from "../backup-pattern.ts";
import { guess, type Value } from "../draft.ts";
import { kindOfBackup } from "../look/backup-files.ts";
import type { LookResult } from "../look/look-result.ts";
import { type Candidate, databaseOf } from "./candidate.ts";
import { variableIn } from "./settings.ts";

const ENDINGS: Record<StoreKindName, string> = {
  postgres: ".sql.gz",
  mongodb: ".archive.gz",
  s3: "",
  clickhouse: "",
  influxdb: ".tar.gz",
  redis: ".rdb",
  volume: ".tar.gz",
};

/** Where a store's backups lie: those that were found, then those the procedure names, else a guess. */
export function backupsOf(
  candidate: Candidate,
  look: LookResult,
  sameKind: number,
  size: Record<string, string> | undefined,
): Value[] {
  const folder = folderVariable(look);
  const found = look.backups
    .filter((group) => group.kind === candidate.kind && (sameKind === 1 || isOf(group.pattern, candidate)))
    .map((group): Record<string, Value> => {
      const path = folder(group.pattern);
      const unsure =
        group.guessed ??
        (sameKind === 1 ? undefined : `by its name: there are ${sameKind} stores of this kind`);
      return {
        path: unsure === undefined ? path : guess(path, unsure),
        ...(group.count >= 3 && group.smallest > 0
          ? {
              "usual-size": guess(
                range(group.smallest, group.largest),
                `from ${group.count} backups that lie there`,
              ),
            }
          : {}),
      };
    });
  const patterns = new Set(look.backups.map(({ pattern }) => pattern));
  const said = candidate.said.flatMap(({ file, kind }) =>
    file === undefined ? [] : fromProcedure(file, kind),
  );
  const named = [...new Map(said.map((one) => [one.pattern, one])).values()];
  const timed = named.filter(({ guessed }) => guessed === undefined);
  // Names without a time are made up as patterns: one is enough to be corrected.
  const more = (timed.length > 0 || found.length > 0 ? timed : named.slice(0, 1))
    .filter(({ pattern }) => !patterns.has(pattern))
    .map(({ pattern, guessed }): Record<string, Value> => ({
      path: guess(pattern, guessed ?? "made from a file name in the procedure"),
      ...(size === undefined || found.length > 0 ? {} : { "usual-size": guess(size, "from the procedure") }),
    }));
  if (found.length + more.length > 0) return [...found, ...more];
  const path = folder(`backups/${candidate.name}-{timestamp}${ENDINGS[candidate.kind]}`);
  return [{ path: guess(path, "no backup was found: correct this") }];
}

const isOf = (pattern: string, candidate: Candidate): boolean =>
  (candidate.database === undefined
    ? [candidate.name, candidate.service?.name, databaseOf(candidate)]
    : [candidate.database]
  ).some((word) => word !== undefined && pattern.toLowerCase().includes(word.toLowerCase()));

const range = (smallest: number, largest: number): Record<string, Value> => ({
  min: sizeInWords(Math.floor(smallest / 2)).replace(" ", ""),
  max: sizeInWords(largest * 2).replace(" ", ""),
});

/** ${BACKUP_DIR:-…} in front where the env files have such a variable and the path lies in it. */
function folderVariable(look: LookResult): (path: string) => string {
  const name = variableIn(look.env, [/^BACKUPS?_(?:DIR|DIRECTORY|PATH|FOLDER|ROOT)$/]);
  const value =
    name === undefined
      ? undefined
      : look.env.map((file) => file.values[name]).find((known) => known !== undefined);
  return (path) => {
    if (name === undefined || value === undefined || value === "") return path;
    const bare = value.replace(/^\.\//, "").replace(/\/+$/, "");
    return path.startsWith(`${bare}/`)
      ? `\${${name}:-${value.replace(/\/+$/, "")}}${path.slice(bare.length)}`
      : path;
  };
}

/** The pattern of a file that the procedure names; nothing for one that is only a variable, or lies where it was unpacked. */
function fromProcedure(file: string, kind: StoreKindName): { pattern: string; guessed?: string }[] {
  const path = file
    .replaceAll(/^s3:\/\/.*/g, "")
    .replaceAll(/^~|\$HOME\b|\$\{HOME\}/g, "${HOME}")
    .replaceAll(/\$([A-Za-z_]\w*)/g, "${$1}")
    .replaceAll(/["']/g, "");
  const name = path.split("/").findLast((part) => part !== "") ?? "";
  const isNamed =
    name.replaceAll(/\$\{[^}]*\}|\$\([^)]*\)|<[^>]*>|[\W_\d]/g, "").length > 2 || /\d{8}|YYYY/.test(name);
  if (
    path === "" ||
    !isNamed ||
    /^\/(?:tmp|dev|proc)\//.test(path) ||
    /\$\(|`/.test(path.replaceAll(/\$\(date[^)]*\)/g, ""))
  )
    return [];
  const [, stem] = /^(.*?)(?:\/[^/]*\.(?:bson|json)(?:\.gz)?|\/)?$/.exec(path) ?? [];
  const made = patternOf(stem ?? path);
  const judged = kindOfBackup({ path });
  // An unpacked file: what lies in the catalog is packed.
  const packed =
    judged === kind && /\.(?:sql|rdb)$/.test(made.pattern) ? { ...made, pattern: `${made.pattern}*` } : made;
  return isPattern(packed.pattern) && packed.pattern.split("{timestamp}").length === 2 ? [packed] : [];
}
