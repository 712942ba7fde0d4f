import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "../helpers/postgres.ts";
import { findRun } from "./journal-lines.ts";
import { look } from "./look.ts";
import type { Place } from "./ground.ts";

/**
 * Where a complete copy of the data from before the run is, as an independent eye finds it: the live database, the one that
 * was set aside, or the safety copy read to its end.
 */
export const wholeCopy = (place: Place): Promise<string | undefined> =>
  look(async () => (await lookForDatabase(place).catch(() => undefined)) ?? lookForDump(place));

async function lookForDatabase({ databases, before }: Place): Promise<string | undefined> {
  const wanted = JSON.stringify(before.tables);
  for (const [name, { oid, tables }] of Object.entries(await databases())) {
    // A closed database cannot be read; the oid says that it is the same one, and nobody can have written to it.
    const closed = Object.keys(tables).length === 0;
    if (closed ? oid === before.oid : JSON.stringify(tables) === wanted) return name;
  }
  return undefined;
}

async function lookForDump(place: Place): Promise<string | undefined> {
  const run = await findRun(place.home);
  if (run === undefined) return undefined;
  const folder = join(run.folder, "safety");
  for (const name of await readdir(folder).catch(() => [])) {
    const rows = await rowsInDump(place, join(folder, name));
    const wanted = Object.entries(place.before.tables).map(([table, sum]) => [table, sum.split(" ")[0]]);
    if (wanted.every(([table = "", count]) => String(rows.get(table)) === count)) return join(folder, name);
  }
  return undefined;
}

/** Rows of each table in an archive, as pg_restore prints them; empty when it cannot be read to its end. */
async function rowsInDump({ estate }: Place, path: string): Promise<Map<string, number>> {
  const argv = [join(estate.server.programs.bin, "pg_restore"), "-f", "-", path];
  const ran = await launch({ argv, env: {}, secrets: {} }, { effect: "reads" });
  const rows = new Map<string, number>();
  if (ran.exit !== 0) return rows;
  let table: string | undefined;
  for (const line of ran.stdout.split("\n")) {
    const begun = /^COPY (.+) \(.*\) FROM stdin;$/.exec(line)?.[1];
    if (begun !== undefined) rows.set((table = begun), 0);
    else if (line === "\\.") table = undefined;
    else if (table !== undefined) rows.set(table, (rows.get(table) ?? 0) + 1);
  }
  return rows;
}
