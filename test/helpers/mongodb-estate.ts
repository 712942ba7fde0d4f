import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { provisionedPath } from "../provision/programs.ts";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";
import { startMongodb, type TestMongodb } from "./mongodb.ts";
import type { Database } from "./mongodb-driver.ts";
import type { ServerOptions } from "./postgres.ts";

export type MongoFormat = "archive" | "archive.gz" | "directory" | "directory.gz";

/** A system as a team writes it: a signage platform's analytics. */
export const SYSTEM = `title: Vizora
environment: test
objectives: { rto: 10m, rpo: 24h }
stores:
  analytics:
    kind: mongodb
    url: \${MONGODB_URL}
    backups:
      - path: \${BACKUPS}/vizora-{timestamp}*
`;

export const RUNBOOK = `title: Analytics lost
scenario: the analytics collections are gone or wrong
steps:
  - id: restore
    kind: restore
    store: analytics
    tables: [customers, orders]
    queries:
      - title: no order without a customer
        sql: "db.orders.countDocuments({ customer: { $exists: false } })"
        expect: { equals: 0 }
`;

/** A server with databases like \`vizora\`, runbooks and a LIFEBOAT_HOME, all of a test's own. */
export interface MongoEstate {
  server: TestMongodb;
  folder: string;
  home: string;
  backups: string;
  env: Record<string, string>;
  lifeboat(args: string[], env?: Record<string, string>): Promise<Ran>;
  start(args: string[], env?: Record<string, string>): Running;
  /** Fills a database with the collections of the example. */
  fill(database: string): Promise<Database>;
  /** Takes a backup by the program itself, with manifest; its path. */
  backup(database: string, format?: MongoFormat): Promise<string>;
  /** Runs the runbook \`lost\` on a database, live and confirmed unless \`args\` name another mode. */
  restore(database: string, args: string[], env?: Record<string, string>): Promise<Ran>;
  at(database: string): Record<string, string>;
  write(path: string, text: string): Promise<void>;
  /** Executable scripts of their own folder, to go first on PATH: stand-ins for client programs. */
  standIns(scripts: Record<string, string>): Promise<Record<string, string>>;
  runs(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function openMongoEstate(options: ServerOptions = {}): Promise<MongoEstate> {
  const server = await startMongodb(options);
  const folder = await mkdtemp("/tmp/lifeboat-mongo-estate-");
  const [home, backups, runbooks] = ["home", "backups", "runbooks"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const at = (database: string): Record<string, string> => ({ MONGODB_URL: server.url(database) });
  const env = {
    PATH: provisionedPath(),
    HOME: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: home,
    LIFEBOAT_RUNBOOKS: runbooks,
    BACKUPS: backups,
    ...at("vizora"),
  };
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const running = new Set<Running>();
  const start: MongoEstate["start"] = (args, more = {}) => {
    const one = startLifeboat(args, { env: { ...env, ...more }, cwd: folder });
    running.add(one);
    void one.ended.finally(() => running.delete(one)).catch(() => undefined);
    return one;
  };
  const lifeboat: MongoEstate["lifeboat"] = (args, more) => start(args, more).ended;
  let [taken, stands] = [0, 0];
  await mkdir(home);
  // Tests stay on this machine: the shell reports its use to its maker otherwise.
  await write(".mongodb/mongosh/config", JSON.stringify({ enableTelemetry: false }));
  await write("runbooks/vizora/system.yaml", SYSTEM);
  await write("runbooks/vizora/lost.yaml", RUNBOOK);
  return {
    server,
    folder,
    home,
    backups,
    env,
    lifeboat,
    start,
    fill: (database) => fill(server.db(database)),
    backup: async (database, format = "archive.gz") => {
      // A folder of its own: names carry seconds, and two backups may be taken within one.
      const place = join(folder, `taken-${(taken += 1)}`);
      const ran = await lifeboat(["backup", "vizora", "--format", format], {
        ...at(database),
        BACKUPS: place,
      });
      if (ran.code !== 0) throw new Error(`backup: ${ran.stderr}`);
      return ran.stdout.split("\n")[0] ?? "";
    },
    restore: (database, args, more) => {
      const mode = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      const live = mode ? [] : ["--live", "--confirm", database];
      return lifeboat(["run", "vizora", "lost", ...live, ...args], { ...at(database), ...more });
    },
    at,
    write,
    standIns: async (scripts) => {
      const bin = join(folder, `bin-${(stands += 1)}`);
      await mkdir(bin);
      for (const [name, script] of Object.entries(scripts)) {
        await writeFile(join(bin, name), script);
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: `${bin}:${env.PATH}` };
    },
    runs: async () => (await readdir(join(home, "runs")).catch(() => [])).toSorted().toReversed(),
    stop: async () => {
      for (const one of running) one.kill("SIGTERM");
      await Promise.allSettled([...running].map((one) => one.ended));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const CITIES = ["Tashkent", "São Paulo", "Köln", "東京"];

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

async function fill(database: Database): Promise<Database> {
  await database.collection("customers").insertMany(
    range(300).map((id) => ({
      _id: id,
      email: `c${id}@example.org`,
      city: CITIES[id % 4],
      tags: ["a", null, id],
    })),
  );
  await database.collection("customers").createIndex({ email: 1 }, { unique: true });
  await database.collection("orders").insertMany(
    range(1200).map((id) => ({
      _id: id,
      customer: id % 300,
      at: new Date(1_700_000_000_000 + id * 60_000),
      lines: [{ sku: `s${id % 17}`, price: id / 7, many: id % 5 }],
      note: "",
    })),
  );
  await database.collection("orders").createIndex({ customer: 1, at: -1 }, { name: "by_customer" });
  await database.createCollection("latest", { capped: true, size: 100_000, max: 100 });
  await database.collection("latest").insertMany(range(20).map((id) => ({ _id: id, seen: true })));
  await database.collection('odd näme\'s "q"').insertMany([{ _id: "only" }]);
  await database.createCollection("empty");
  return database;
}
