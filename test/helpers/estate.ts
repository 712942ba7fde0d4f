import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ClusterSnapshot, snapshotCluster } from "./cluster-snapshot.ts";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";
import { type ServerOptions, startPostgres, type TestServer } from "./postgres.ts";
import { SHOP_ROLES, SHOP_SQL, shopSettings } from "./shop-sql.ts";

export type BackupFormat = "plain" | "plain.gz" | "custom" | "directory" | "tar";

const ENDING: Record<BackupFormat, string> = {
  plain: "sql",
  "plain.gz": "sql.gz",
  custom: "dump",
  directory: "dir",
  tar: "tar",
};

/**
 * A server with the database `shop`, a runbook folder with the system `shop`, and a LIFEBOAT_HOME, all of a test's own.
 * `LIFEBOAT_RUNBOOKS`, `SHOP_URL`, `SHOP_BACKUPS` tell the program about them; a test may give other values.
 */
export interface Estate {
  server: TestServer;
  /** Temporary; runbooks, home, backups and what a test puts there lie in it. */
  folder: string;
  home: string;
  backups: string;
  env: Record<string, string>;
  lifeboat(args: string[], env?: Record<string, string>, prefix?: string[]): Promise<Ran>;
  start(args: string[], env?: Record<string, string>, prefix?: string[]): Running;
  /** Takes a backup of `shop`, or of another database, by the program itself, with manifest; its path. */
  backup(format?: BackupFormat, database?: string): Promise<string>;
  /** Runs the runbook `lost` on the database `name`, live and confirmed unless `args` name another mode. */
  restore(name: string, args: string[], env?: Record<string, string>): Promise<Ran>;
  /** Another database like `shop`, settings included, filled at once from it. */
  clone(name: string): Promise<void>;
  /** Environment that makes the system's store this database. */
  at(name: string): Record<string, string>;
  writeSystem(yaml: string, system?: string): Promise<void>;
  writeRunbook(name: string, yaml: string, system?: string): Promise<void>;
  /** Executable scripts of their own folder, to go first on PATH: stand-ins for client programs. */
  standIns(scripts: Record<string, string>): Promise<Record<string, string>>;
  /** Every database: oid, settings, rows and content of each table. Equal before and after = whole and nothing left over. */
  snapshot(only?: readonly string[]): Promise<ClusterSnapshot>;
  /** Ids of all runs, newest first. */
  runs(): Promise<string[]>;
  stop(): Promise<void>;
}

export const SHOP_SYSTEM = `title: Shop
environment: test
objectives: { rto: 10m, rpo: 24h }
stores:
  database:
    kind: postgres
    url: \${SHOP_URL}
    backups:
      - path: \${SHOP_BACKUPS}/{tier}/shop-{timestamp}*
`;

export const RESTORE_RUNBOOK = `title: Database lost
scenario: the shop's database is gone
steps:
  - id: restore
    kind: restore
    store: database
    tables: [customers, orders]
    queries:
      - title: no order without a customer
        sql: SELECT count(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL
        expect: { equals: 0 }
`;

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

/** Starts it all. Call stop() in afterAll. */
export async function openEstate(options: ServerOptions = {}): Promise<Estate> {
  const server = await startPostgres(options);
  const folder = await mkdtemp("/tmp/lifeboat-fault-");
  const at = (name: string): Record<string, string> => ({ SHOP_URL: server.url(name) });
  const home = join(folder, "home");
  await mkdir(home);
  const backups = join(folder, "backups");
  const runbooks = join(folder, "runbooks");
  const env = {
    PATH: server.env["PATH"] ?? "",
    HOME: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: home,
    LIFEBOAT_RUNBOOKS: runbooks,
    SHOP_BACKUPS: backups,
    ...at("shop"),
  };
  const running = new Set<Running>();
  const start: Estate["start"] = (args, more = {}, prefix = []) => {
    const one = startLifeboat(args, { env: { ...env, ...more }, cwd: folder, prefix });
    running.add(one);
    void one.ended.finally(() => running.delete(one)).catch(() => undefined);
    return one;
  };
  const lifeboat: Estate["lifeboat"] = (args, more, prefix) => start(args, more, prefix).ended;
  let [taken, stands] = [0, 0];
  const estate: Estate = {
    server,
    folder,
    home,
    backups,
    env,
    lifeboat,
    start,
    at,
    backup: async (format = "custom", database = "shop") => {
      // A pattern of its own: names carry seconds, and two backups may be taken within one.
      const place = join(folder, `taken-${(taken += 1)}`);
      const system = SHOP_SYSTEM.replace("shop-{timestamp}*", `shop-{timestamp}.${ENDING[format]}`);
      await write(join(runbooks, "taker", "shop", "system.yaml"), system);
      const ran = await lifeboat(["backup", "shop"], {
        ...at(database),
        SHOP_BACKUPS: place,
        LIFEBOAT_RUNBOOKS: join(runbooks, "taker"),
      });
      const path = ran.stdout.split("\n")[0] ?? "";
      if (ran.code !== 0) throw new Error(`backup: ${ran.stderr}`);
      return path;
    },
    restore: (name, args, more) => {
      const mode = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      const live = mode ? [] : ["--live", "--confirm", name];
      return lifeboat(["run", "shop", "lost", ...live, ...args], { ...at(name), ...more });
    },
    clone: async (name) => {
      await server.createDatabase(name, "TEMPLATE shop");
      await server.psql("postgres", shopSettings(name));
    },
    writeSystem: (yaml, system = "shop") => write(join(runbooks, system, "system.yaml"), yaml),
    writeRunbook: (name, yaml, system = "shop") => write(join(runbooks, system, `${name}.yaml`), yaml),
    standIns: async (scripts) => {
      const bin = join(folder, `bin-${(stands += 1)}`);
      for (const [name, script] of Object.entries(scripts)) {
        await write(join(bin, name), script);
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: `${bin}:${env.PATH}` };
    },
    snapshot: (only) => snapshotCluster(server, only),
    runs: async () => (await readdir(join(home, "runs")).catch(() => [])).toSorted().toReversed(),
    stop: async () => {
      // A test that failed half way may have left one waiting.
      for (const one of running) one.kill("SIGTERM");
      await Promise.allSettled([...running].map((one) => one.ended));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await server.psql("postgres", SHOP_ROLES);
    await server.createDatabase("shop");
    await server.psql("shop", SHOP_SQL);
    await server.psql("postgres", shopSettings("shop"));
    await estate.writeSystem(SHOP_SYSTEM);
    await estate.writeRunbook("lost", RESTORE_RUNBOOK);
  } catch (error) {
    await estate.stop();
    throw error;
  }
  return estate;
}
