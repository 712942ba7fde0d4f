import { startClickhouse, type TestClickhouse } from "../../helpers/clickhouse.ts";
import { openClickhouseOperator } from "../../helpers/clickhouse-estate.ts";
import { type ClickhouseSnapshot, snapshotClickhouse } from "../../helpers/clickhouse-snapshot.ts";
import type { Operator } from "../../helpers/operator.ts";
import type { ChaosPlace, ChaosStore } from "../chaos-store.ts";
import { look, seen } from "../look.ts";
import { openOwnHome } from "../own-home.ts";

const PASSWORD = "geheim";

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
  operator: Operator;
  backup: string;
  held: ClickhouseSnapshot;
}

/** One server; each place is a database of its own on it. */
export async function openChaosClickhouse(): Promise<ChaosStore> {
  const server = await startClickhouse({ password: PASSWORD });
  const operator = await openClickhouseOperator(server, PASSWORD);
  try {
    await server.run(asBackedUp("vizora"));
    const [backup, held] = [
      await operator.takeBackup({ env: { METRICS_BACKUPS: operator.backups } }),
      await tablesOf(server, "vizora"),
    ];
    return { place: (n) => layPlace({ server, operator, backup, held }, n), stop: () => operator.stop() };
  } catch (error) {
    await operator.stop();
    throw error;
  }
}

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
  const { server, operator, backup, held } = ground;
  const live = `p${n}`;
  const own = await openOwnHome(operator, {
    n,
    confirm: live,
    backup,
    env: { METRICS_DATABASE: live },
  });
  await server.run(asFound(live));
  const before = await tablesOf(server, live);
  const made = (what: string): Promise<string[]> => databases(server, `${live}__${what}_`);

  /** Old tables may be in two databases while they are being renamed: every one has to be whole in one of them. */
  const wholeCopy = async (): Promise<string | undefined> => {
    const places = [live, ...(await made("before"))];
    const found = await Promise.all(places.map((place) => tablesOf(server, place).catch(() => ({}))));
    const where = Object.entries(before).map(([table, content]) =>
      places.find((_place, index) =>
        Object.entries(found[index] ?? {}).some(([name, is]) => name === table && is === content),
      ),
    );
    return where.every((place) => place !== undefined) ? [...new Set(where)].join(" and ") : undefined;
  };
  const effect = async (what: string, step: string) =>
    (await made(what)).flatMap((name) => seen(true, `${name} is there`, step));
  return {
    ...own,
    wholeCopy: () => look(wholeCopy),
    effects: async () => [
      ...(await effect("restore", "restore.load")),
      ...(await effect("before", "restore.swap")),
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
    clear: async () => {
      for (const database of await databases(server, live))
        if (database === live || database.startsWith(`${live}__`))
          await server.ask(`DROP DATABASE ${database}`);
      await own.clear();
    },
  };
}
