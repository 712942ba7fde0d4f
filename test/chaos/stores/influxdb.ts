import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import type { InfluxSnapshot } from "../../helpers/influxdb.ts";
import type { ChaosPlace, ChaosStore, SeenEffect } from "../chaos-store.ts";
import { findRun } from "../journal-lines.ts";
import { look, same, seen } from "../look.ts";
import { openOwnHome } from "../own-home.ts";

type Databases = Record<string, InfluxSnapshot>;

/** One server; each place has a database of its own, from a tar.gz taken before its last changes. */
export async function openChaosInflux(): Promise<ChaosStore> {
  const estate = await openInfluxEstate();
  try {
    const backup = await estate.backup("portable.tar.gz");
    const held = (await estate.server.snapshot("grill")) ?? {};
    return { place: (n) => layPlace(estate, { n, backup, held }), stop: () => estate.stop() };
  } catch (error) {
    await estate.stop();
    throw error;
  }
}

interface Laid {
  n: number;
  backup: string;
  held: InfluxSnapshot;
}

async function layPlace(estate: InfluxEstate, { n, backup, held }: Laid): Promise<ChaosPlace> {
  const { server } = estate;
  const name = `c${n}_grill`;
  const own = await openOwnHome(estate, { n, confirm: name, backup, env: estate.at(name) });
  await estate.fill(name);
  // What happened since the backup: a restore loses it, an undo brings it back.
  await server.write(name, [
    "late,device=d9 v=1 1609459200000000000",
    "temp,device=d1,room=r1 celsius=-40 1609461000000000000",
  ]);
  await server.query(`CREATE RETENTION POLICY later ON "${name}" DURATION INF REPLICATION 1`);
  const before = (await server.snapshot(name)) ?? {};
  const settings = await settingsOf(estate, name);
  const databases = (): Promise<Databases> => estate.snapshots(name);
  return {
    ...own,
    // A database that is just being restored cannot be read.
    wholeCopy: () =>
      look(async () => {
        const found = await databases();
        return Object.keys(found).find((one) => same(found[one], before));
      }),
    effects: async () =>
      effectsAt(own.home, await databases().catch((): Databases => ({})), { name, before }),
    wrongAtTheEnd: async (way) => [
      ...wrong(await databases(), { name, wanted: way === "resume" ? held : before, before, way }),
      ...((await settingsOf(estate, name)) === settings ? [] : ["its continuous queries are not as before"]),
      ...(await leftovers(own.home, way)),
    ],
    clear: async () => {
      for (const one of Object.keys(await databases())) await server.query(`DROP DATABASE "${one}"`);
      await own.clear();
    },
  };
}

async function settingsOf({ server }: InfluxEstate, name: string): Promise<string> {
  const all = await server.query("SHOW CONTINUOUS QUERIES");
  return JSON.stringify(all.filter(({ measurement }) => measurement === name));
}

async function filesOf(home: string): Promise<string[]> {
  const run = await findRun(home);
  if (run === undefined) return [];
  const all = await readdir(run.folder);
  return [...all, ...(await readdir(join(run.folder, "safety")).catch(() => []))];
}

async function effectsAt(
  home: string,
  found: Databases,
  { name, before }: { name: string; before: InfluxSnapshot },
): Promise<SeenEffect[]> {
  const names = Object.keys(found);
  const files = await filesOf(home);
  return [
    ...seen(files.includes("unpacked-restore"), "the backup lies unpacked", "restore.unpack"),
    ...seen(
      names.some((one) => one.includes("__restore_")),
      "a copy exists",
      "restore.load",
    ),
    ...seen(
      names.some((one) => one.includes("__before_")),
      "the old data lies beside",
      "restore.safety-copy",
    ),
    ...seen(
      files.some((one) => one.startsWith("before-")),
      "there is a safety copy",
      "restore.safety-copy",
    ),
    ...seen(
      files.some((one) => one.startsWith("cut-over-")),
      "the cut-over has begun",
      "restore.swap",
    ),
    ...seen(
      names.length > 0 && !same(found[name], before),
      "the live database is gone or holds other data",
      "restore.swap",
    ),
  ];
}

interface Wanted {
  name: string;
  wanted: InfluxSnapshot;
  before: InfluxSnapshot;
  way: "resume" | "undo";
}

function wrong(found: Databases, { name, wanted, before, way }: Wanted): string[] {
  const { [name]: live, ...others } = found;
  const problems: string[] = [];
  if (!same(live, wanted))
    problems.push(
      `the live database does not hold what it should, but ${live ? Object.entries(live).map(([one, rows]) => `${rows.length} of ${one}`) : "is not there"}`,
    );
  const names = Object.keys(others);
  const kept = way === "resume" ? 1 : 0;
  if (names.length !== kept) problems.push(`databases beside it: ${names.join(", ") || "none"}`);
  for (const one of names)
    if (!one.includes("__before_") || !same(others[one], before))
      problems.push(`${one} is not the data from before`);
  return problems;
}

async function leftovers(home: string, way: "resume" | "undo"): Promise<string[]> {
  const files = await filesOf(home);
  const own = files.filter((one) => /^(unpacked|scratch)-/.test(one));
  const kept = files.filter((one) => /^(before|cut-over)-/.test(one));
  const run = await findRun(home);
  const folder = run === undefined ? home : join(run.folder, "safety");
  return [
    ...own.map((one) => `left over: ${one}`),
    ...(way === "undo" ? kept.map((one) => `left over: ${one}`) : []),
    ...(way === "resume" && existsSync(folder) && !kept.some((one) => one.startsWith("before-"))
      ? ["the safety copy is not there"]
      : []),
  ];
}
