import { mkdtemp } from "node:fs/promises";
import { type ClusterSnapshot, snapshotCluster } from "./cluster-snapshot.ts";
import type { Ran } from "./lifeboat.ts";
import { openOperator, type Operator } from "./operator.ts";
import { orStop } from "./or-stop.ts";
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
 * A server with the database `shop`, which the system `shop` has as its store. `SHOP_URL` and `SHOP_BACKUPS` tell the
 * program about them; a test may give other values.
 */
export interface Estate extends Operator {
  server: TestServer;
  /** Takes a backup of `shop`, or of another database, by the program itself, with manifest; its path. */
  backup(format?: BackupFormat, database?: string): Promise<string>;
  /** Runs the runbook `lost` on the database `name`, live and confirmed unless `args` name another mode. */
  restore(name: string, args: string[], env?: Record<string, string>): Promise<Ran>;
  /** Another database like `shop`, settings included, filled at once from it. */
  clone(name: string): Promise<void>;
  /** Environment that makes the system's store this database. */
  at(name: string): Record<string, string>;
  /** Every database: oid, settings, rows and content of each table. Equal before and after = whole and nothing left over. */
  snapshot(only?: readonly string[]): Promise<ClusterSnapshot>;
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

/** Starts it all. Call stop() in afterAll. */
export async function openEstate(options: ServerOptions = {}): Promise<Estate> {
  const server = await startPostgres(options);
  const at = (name: string): Record<string, string> => ({ SHOP_URL: server.url(name) });
  const operator = await openOperator({
    folder: await mkdtemp("/tmp/lifeboat-fault-"),
    system: "shop",
    files: { system: SHOP_SYSTEM, lost: RESTORE_RUNBOOK },
    backups: "SHOP_BACKUPS",
    env: { PATH: server.env["PATH"] ?? "", ...at("shop") },
    end: () => server.stop(),
  });
  const estate: Estate = {
    ...operator,
    server,
    at,
    backup: (format = "custom", database = "shop") => {
      const yaml = SHOP_SYSTEM.replace("shop-{timestamp}*", `shop-{timestamp}.${ENDING[format]}`);
      return operator.takeBackup({ yaml, env: at(database) });
    },
    restore: (name, args, more) => operator.runLost(name, args, { ...at(name), ...more }),
    clone: async (name) => {
      await server.createDatabase(name, "TEMPLATE shop");
      await server.psql("postgres", shopSettings(name));
    },
    snapshot: (only) => snapshotCluster(server, only),
  };
  return orStop(estate, async () => {
    await server.psql("postgres", SHOP_ROLES);
    await server.createDatabase("shop");
    await server.psql("shop", SHOP_SQL);
    await server.psql("postgres", shopSettings("shop"));
  });
}
