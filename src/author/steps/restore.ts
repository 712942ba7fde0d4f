import { guess, type Value } from "../draft.ts";
import { KIND_TITLES } from "../store-guess.ts";
import type { WrittenStore } from "../system-draft.ts";
import { oneLine } from "../../base/one-line.ts";
import { slug, verbatim } from "../words.ts";
import { asVariables, type Made } from "./make.ts";

/** The step that brings a store back from its backup. */
export function restoreStep(
  { candidate }: WrittenStore,
  tables: readonly string[] = [],
  into?: string,
): Made {
  const known = [...new Set(tables)];
  return {
    wish: `restore-${candidate.name}`,
    comment: [],
    fields: {
      title: `Restore ${candidate.kind === "volume" ? "the volume " : ""}${candidate.name}`,
      kind: "restore",
      store: candidate.name,
      ...(into === undefined
        ? {}
        : { into: guess(into, "another name than the store's own: the live data is not touched") }),
      ...(known.length === 0 ||
      candidate.kind === "s3" ||
      candidate.kind === "redis" ||
      candidate.kind === "volume"
        ? {}
        : { tables: guess(known, "tables the procedure counts: they must hold rows after the restore") }),
    },
  };
}

export function queryStep(store: string, sql: string, title: string, expect: Value): Made {
  const text = asVariables(sql.trim());
  const isCount = /^\s*select\s+count|count|dbsize/i.test(text) && !/group by/i.test(text);
  return {
    wish: slug(title),
    comment: [],
    fields: {
      title: verbatim(oneLine(title, 90)),
      kind: "query",
      store,
      sql: text,
      ...(isCount ? { expect } : {}),
    },
  };
}

export interface MigrateContext {
  cwd: string | undefined;
  /** The variable that holds the database's URL, when there is one. */
  urlVariable: string | undefined;
  store: WrittenStore | undefined;
  system: string;
}

/** The application's own migration tool, behind a typed gate. */
export function migrateStep(
  run: readonly string[],
  { cwd, urlVariable, store, system }: MigrateContext,
): Made {
  const env: Record<string, Value> =
    urlVariable === undefined ? {} : { env: { [urlVariable]: `\${${urlVariable}}` } };
  return {
    wish: "migrate",
    comment: [],
    fields: {
      title: "Bring the tables up to the deployed code",
      why: "the backup may be older than the last release",
      kind: "migrate",
      run: run.map(asVariables),
      ...(cwd === undefined ? {} : { cwd: asVariables(cwd) }),
      ...env,
      ...(store === undefined ? {} : { store: store.candidate.name }),
      target: guess(system, "what is typed before it runs, e.g. the database's name"),
      timeout: "15m",
      optional: "the tables stay as old as the backup; newer code may fail on them",
    },
  };
}

export const kindTitle = ({ candidate }: WrittenStore): string => KIND_TITLES[candidate.kind];
