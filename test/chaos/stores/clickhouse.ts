import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startClickhouse, type TestClickhouse } from "../../helpers/clickhouse.ts";
import { METRICS_LOST, SIGNAGE_SYSTEM } from "../../helpers/clickhouse-estate.ts";
import { type ClickhouseSnapshot, snapshotClickhouse } from "../../helpers/clickhouse-snapshot.ts";
import { startLifeboat } from "../../helpers/lifeboat.ts";
import type { ChaosPlace, ChaosStore, SeenEffect } from "../chaos-store.ts";
import { killedLifeboat } from "../killed-lifeboat.ts";

const PASSWORD = "geheim";
const ATTEMPTS = 20;

/** Three tables in the backup; `device_state` is of the sort that merges, `notes` is gone when the run begins. */
const asBackedUp = (database: string): string => `CREATE DATABASE ${database};
CREATE TABLE ${database}.device_heartbeats (day Date, device_id UInt64, note Nullable(String)) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY device_id;
CREATE TABLE ${database}.device_state (device_id UInt64, version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY device_id;
CREATE TABLE ${database}.notes (text String) ENGINE = Log;
INSERT INTO ${database}.device_heartbeats SELECT toDate('2026-01-01') + intDiv(number, 100), number % 50, if(number % 3 = 0, NULL, toString(number)) FROM numbers(5000);
INSERT INTO ${database}.device_state SELECT number, 1 FROM numbers(100);
INSERT INTO ${database}.device_state SELECT number, 2 FROM numbers(100);
INSERT INTO ${database}.notes VALUES ('one'), ('two');
`;

/** What happened since the backup: a restore loses it, an undo brings it back. */
const asFound = (database: string): string => `${asBackedUp(database)}
INSERT INTO ${database}.device_heartbeats VALUES ('2026-03-01', 7, 'since the backup');
OPTIMIZE TABLE ${database}.device_state FINAL;
DROP TABLE ${database}.notes;
CREATE TABLE ${database}.newer (x UInt8) ENGINE = Log;
INSERT INTO ${database}.newer VALUES (1);
`;

interface Ground {
  server: TestClickhouse;
  runbooks: string;
  backup: string;
  held: ClickhouseSnapshot;
}

/** One server; each place is a database of its own on it. */
export async function openChaosClickhouse(): Promise<ChaosStore> {
  const server = await startClickhouse({ password: PASSWORD });
  try {
    const ground = await layGround(server);
    return { place: (n) => layPlace(ground, n), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function layGround(server: TestClickhouse): Promise<Ground> {
  const runbooks = join(server.folder, "runbooks");
  await mkdir(join(runbooks, "signage"), { recursive: true });
  await writeFile(join(runbooks, "signage", "system.yaml"), SIGNAGE_SYSTEM);
  await writeFile(join(runbooks, "signage", "lost.yaml"), METRICS_LOST);
  await server.run(asBackedUp("vizora"));
  const ground = { server, runbooks, backup: "", held: await tablesOf(server, "vizora") };
  const env = envOf(ground, server.folder, "vizora");
  const taken = await startLifeboat(["backup", "signage", "metrics"], { env, cwd: server.folder }).ended;
  if (taken.code !== 0) throw new Error(taken.stderr);
  return { ...ground, backup: taken.stdout.split("\n")[0] ?? "" };
}

const envOf = ({ server, runbooks }: Ground, home: string, database: string): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  LANG: "C.UTF-8",
  LIFEBOAT_HOME: join(home, "lifeboat"),
  LIFEBOAT_RUNBOOKS: runbooks,
  METRICS_PORT: String(server.port),
  METRICS_BACKUPS: join(server.folder, "backups"),
  METRICS_PASSWORD: PASSWORD,
  METRICS_DATABASE: database,
});

/** By the names of tables, without that of the database. */
async function tablesOf(server: TestClickhouse, database: string): Promise<ClickhouseSnapshot> {
  const found = Object.entries(await snapshotClickhouse(server, [database]));
  return Object.fromEntries(
    found.flatMap(([key, content]) => (key === database ? [] : [[key.slice(database.length + 1), content]])),
  );
}

const databases = async (server: TestClickhouse, beginning: string): Promise<string[]> =>
  (await server.ask("SHOW DATABASES")).split("\n").filter((name) => name.startsWith(beginning));

async function layPlace(ground: Ground, n: number): Promise<ChaosPlace> {
  const { server, held } = ground;
  const live = `p${n}`;
  const home = join(server.folder, `home-${n}`);
  await mkdir(home);
  await server.run(asFound(live));
  const before = await tablesOf(server, live);
  const env = envOf(ground, home, live);
  const made = (what: string): Promise<string[]> => databases(server, `${live}__${what}_`);

  /** Old tables may be in two databases while they are being renamed: every one has to be whole in one of them. */
  const wholeCopy = async (): Promise<string | undefined> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const places = [live, ...(await made("before"))];
      const seen = await Promise.all(places.map((place) => tablesOf(server, place).catch(() => ({}))));
      const where = Object.entries(before).map(([table, content]) =>
        places.find((_place, index) =>
          Object.entries(seen[index] ?? {}).some(([name, is]) => name === table && is === content),
        ),
      );
      if (where.every((place) => place !== undefined)) return [...new Set(where)].join(" and ");
    }
    return undefined;
  };
  const clear = async (): Promise<void> => {
    for (const database of await databases(server, live))
      if (database === live || database.startsWith(`${live}__`))
        await server.ask(`DROP DATABASE ${database}`);
    await rm(home, { recursive: true });
  };
  return {
    home,
    start: ["run", "signage", "lost", "--live", "--plain", "--backup", ground.backup, "--confirm", live],
    answers: ["--confirm", live],
    lifeboat: (args, death) => killedLifeboat(args, { env, cwd: server.folder, death }),
    wholeCopy,
    effects: async () => [
      ...(await made("restore")).map((name): SeenEffect => ({
        what: `${name} is there`,
        steps: ["restore.load"],
      })),
      ...(await made("before")).map((name): SeenEffect => ({
        what: `${name} is there`,
        steps: ["restore.swap"],
      })),
    ],
    wrongAtTheEnd: async (way) => {
      const problems: string[] = [];
      const compare = (what: string, is: ClickhouseSnapshot, wanted: ClickhouseSnapshot): void => {
        for (const table of new Set([...Object.keys(is), ...Object.keys(wanted)]))
          if (is[table] !== wanted[table])
            problems.push(`${table} ${what} is ${is[table]}, and should be ${wanted[table]}`);
      };
      const present = await tablesOf(server, live);
      const { newer = "", ...old } = before;
      if (way === "undo") compare("of the live database", present, before);
      else compare("of the live database", present, { ...held, newer });
      const kept = await made("before");
      if (way === "undo") problems.push(...kept.map((name) => `${name} is left over`));
      else compare("of the kept database", await tablesOf(server, kept[0] ?? "none"), old);
      return [...problems, ...(await made("restore")).map((name) => `${name} is left over`)];
    },
    clear,
  };
}
