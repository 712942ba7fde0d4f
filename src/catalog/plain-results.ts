import { count, counted } from "../base/size.ts";
import type { CheckResult } from "../step/check.ts";
import type { PlainDump, PlacedText } from "./plain-dump.ts";

const level = "artifact" as const;
const OTHER = "choose another backup";

/** What the scan of a plain dump means for its restore. */
export function plainResults(dump: PlainDump): CheckResult[] {
  return [completeness(dump), contents(dump), commands(dump), ...transaction(dump)];
}

/** How many rows are there, for people. */
export function rowsInWords(dump: PlainDump): string {
  const open = dump.unfinished?.kind === "copy" ? dump.unfinished : undefined;
  const rows = dump.copies.reduce((sum, copy) => sum + copy.rows, dump.inserts) + (open?.rows ?? 0);
  const tables = Math.max(dump.tables, new Set(dump.copies.map(({ table }) => table)).size + (open ? 1 : 0));
  return `${counted(rows, "row")} in ${counted(tables, "table")}`;
}

function completeness(dump: PlainDump): CheckResult {
  const name = "dump is complete";
  const found = rowsInWords(dump);
  const failed = (why: string): CheckResult => ({ name, level, result: "fail", found, why, fix: OTHER });
  const open = dump.unfinished;
  if (open?.kind === "copy") {
    const broken = open.brokenRow ? ", and one more that is cut in the middle" : "";
    return failed(
      `the dump was cut off while writing table ${open.table}: ${counted(open.rows, "row")} of it ${open.rows === 1 ? "is" : "are"} there${broken}; ` +
        "what came after it, with all keys and indexes, is missing; it cannot be restored",
    );
  }
  if (open)
    return failed(
      `the dump was cut off in the statement that begins at line ${count(open.line)} (${open.text}); it cannot be restored`,
    );
  if (dump.trailer !== undefined) return afterTrailer(dump, name, found);
  if (dump.statements === 0) return failed("there is no statement in it, only comments or blank space");
  if (dump.dumpedBy === undefined) {
    const why =
      "it was not written by pg_dump, which marks the end, so nothing tells whether its end is missing";
    return { name, level, result: "not checked", found, why, fix: "look at its last lines" };
  }
  const after =
    dump.dataEnd !== undefined && dump.statementsAfterData === 0
      ? "it ends right behind its data, so the row counts look right, but every key, index and constraint is missing"
      : "what came after is missing";
  return failed(
    `the line "PostgreSQL database dump complete" is missing: pg_dump was stopped before its end; ${after}`,
  );
}

function afterTrailer(dump: PlainDump, name: string, found: string): CheckResult {
  if (dump.statementsAfterTrailer === 0) return { name, level, result: "pass", found };
  const why = `behind its end there is more (${counted(dump.statementsAfterTrailer, "statement")}): a second dump, or something added by hand`;
  return { name, level, result: "warning", found, why, fix: "look at what follows before you restore it" };
}

function contents(dump: PlainDump): CheckResult {
  const name = "dump holds data";
  const found = rowsInWords(dump);
  const open = dump.unfinished?.kind === "copy" && dump.unfinished.rows > 0;
  const rows = open || dump.copies.some((copy) => copy.rows > 0) || dump.inserts > 0;
  if (rows) return { name, level, result: "pass", found };
  const what =
    dump.tables === 0
      ? "no table and no row: a dump of an empty database?"
      : "tables without a single row: a dump of the schema only?";
  return {
    name,
    level,
    result: "warning",
    found,
    why: `it holds ${what}`,
    fix: "look for a backup with data",
  };
}

const places = (texts: PlacedText[]): string =>
  texts
    .slice(0, 3)
    .map(({ line, text }) => `line ${count(line)}: ${text}`)
    .join("; ") + (texts.length > 3 ? `; and ${count(texts.length - 3)} more` : "");

function commands(dump: PlainDump): CheckResult {
  const name = "no psql commands outside of data";
  if (dump.wholeCluster) {
    const why =
      "it is a dump of all databases of a server (pg_dumpall): it creates databases and connects to them by itself";
    const fix = "restore it by hand into an empty server, or make a backup of this database with pg_dump";
    return { name, level, result: "fail", found: "a dump of a whole server", why, fix };
  }
  if (dump.commands.length === 0) return { name, level, result: "pass", found: "none" };
  const why =
    "psql would obey them while it restores: start programs, read files, or connect to another database";
  const fix = "find out who wrote them; remove those lines from a copy of the file, or choose another backup";
  return { name, level, result: "fail", expected: "none", found: places(dump.commands), why, fix };
}

function transaction(dump: PlainDump): CheckResult[] {
  const name = "fits into one transaction";
  const of = (why: string): PlacedText[] => dump.unframeable.filter((one) => one.why === why);
  const [own, outside, out] = [of("own transaction"), of("outside a transaction"), of("reaches out")];
  if (out.length > 0) {
    const why = "it reads or writes files or starts programs on the server while it is restored";
    return [
      {
        name,
        level,
        result: "fail",
        found: places(out),
        why,
        fix: "find out who wrote it, or choose another backup",
      },
    ];
  }
  if (outside.length > 0) {
    const why =
      "it creates or drops what belongs to the server and not to one database (a dump made with --create?)";
    const fix = "make the backup without --create, or remove those lines from a copy of the file";
    return [{ name, level, result: "fail", found: places(outside), why, fix }];
  }
  if (own.length === 0) return [{ name, level, result: "pass", found: "yes" }];
  if (dump.largeObjects) {
    const why =
      "pg_dump writes large objects in a transaction of their own: if the restore fails behind them, a part stays in the copy";
    return [
      {
        name,
        level,
        result: "warning",
        found: places(own),
        why,
        fix: "a directory-format backup has no such limit",
      },
    ];
  }
  const why = "it commits in the middle, so a restore that fails would leave a part behind";
  const fix = "remove those lines from a copy of the file, or choose another backup";
  return [{ name, level, result: "fail", found: places(own), why, fix }];
}
