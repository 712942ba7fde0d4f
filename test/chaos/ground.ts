import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DatabaseSnapshot, type ClusterSnapshot } from "../helpers/cluster-snapshot.ts";
import { type Estate, openEstate } from "../helpers/estate.ts";
import { shopSettings } from "../helpers/shop-sql.ts";
import type { Ran } from "../helpers/lifeboat.ts";
import type { Death } from "./die-at.ts";
import type { Point } from "./points.ts";
import { killedAt } from "./killed-at.ts";

/** A step of each kind around the restore. What the commands did can be counted in the file they write. */
const RUNBOOK = `title: Database lost
scenario: the shop's database is gone
steps:
  - id: announce
    kind: command
    effect: reversible
    run: [sh, -c, 'sleep 0.1; echo announced >> "$FILE"']
    env: { FILE: "\${SHOP_WITNESS}" }
    probe: [sh, -c, 'if grep -qs announced "$FILE"; then echo DONE; else echo NOT DONE; fi']
  - id: restore
    kind: restore
    store: database
    tables: [customers, orders]
  - id: count
    kind: query
    store: database
    sql: SELECT count(*) FROM customers
    expect: { equals: 400 }
  - id: look
    kind: manual
    instructions: Look at the shop's front page.
  - id: reopen
    kind: command
    effect: reversible
    run: [sh, -c, 'sleep 0.1; echo reopened >> "$FILE"']
    env: { FILE: "\${SHOP_WITNESS}" }
    probe: [sh, -c, 'if grep -qs reopened "$FILE"; then echo DONE; else echo NOT DONE; fi']
`;

/** What happened since the backup: a restore loses it, an undo brings it back. */
const SINCE = `INSERT INTO customers (name, email) SELECT 'Late ' || n, 'late' || n || '@example.org' FROM generate_series(1, 30) n;
UPDATE orders SET state = 'sent' WHERE id % 5 = 0; DELETE FROM items WHERE order_id < 20;`;

/** psql that gets statements about databases one by one, so that it can be killed between two of them. */
const slowPsql = (psql: string): string => `#!/bin/sh
while IFS= read -r line || [ -n "$line" ]; do
  printf '%s\\n' "$line"
  case $line in *" DATABASE "* | BEGIN* | COMMIT*) sleep 0.03 ;; esac
done | exec ${psql} "$@"
`;

/** Everything one point works on, and nothing that another one does. */
export interface Place {
  estate: Estate;
  /** Its live database; copies of it begin with this name. */
  name: string;
  home: string;
  env: Record<string, string>;
  witness: string;
  /** The live database before the run. */
  before: DatabaseSnapshot;
  /** What the backup holds. */
  backup: Record<string, string>;
  lifeboat(args: string[], death?: Death): Promise<Ran>;
  /** The live database and every other whose name begins with its name. */
  databases(): Promise<ClusterSnapshot>;
  clear(): Promise<void>;
}

export interface Ground {
  estate: Estate;
  place(point: Pick<Point, "n" | "format" | "slow" | "strategy">): Promise<{ place: Place; start: string[] }>;
  stop(): Promise<void>;
}

/** A server with a template of the live database, and a backup from before its last changes in two formats. */
export async function openGround(): Promise<Ground> {
  const estate = await openEstate();
  const { server } = estate;
  await estate.writeRunbook("lost", RUNBOOK);
  const backups = { custom: await estate.backup("custom"), "plain.gz": await estate.backup("plain.gz") };
  const { shop } = await estate.snapshot(["shop"]);
  await server.createDatabase("template_now", "TEMPLATE shop");
  await server.psql("template_now", SINCE);
  const slow = await estate.standIns({ psql: slowPsql(server.programs.psql) });

  const place: Ground["place"] = async (point) => {
    const name = `shop${point.n}`;
    const home = join(estate.folder, `home-${point.n}`);
    await mkdir(home);
    await server.createDatabase(name, "TEMPLATE template_now");
    await server.psql("postgres", shopSettings(name));
    const witness = join(home, "witness");
    const env = {
      ...estate.at(name),
      ...(point.slow ? slow : {}),
      HOME: home,
      LIFEBOAT_HOME: join(home, "lifeboat"),
      SHOP_WITNESS: witness,
    };
    const databases: Place["databases"] = async () => {
      const like = `SELECT datname FROM pg_database WHERE datname = '${name}' OR datname LIKE '${name}\\_\\_%'`;
      return estate.snapshot((await server.psql("postgres", like)).split("\n"));
    };
    const before = (await databases())[name];
    if (before === undefined || shop === undefined) throw new Error("the ground was not laid");
    const lifeboat: Place["lifeboat"] = (args, death) =>
      estate.lifeboat(args, { ...env, ...killedAt(death) });
    const clear = async (): Promise<void> => {
      for (const one of Object.keys(await databases()))
        await server.psql("postgres", `DROP DATABASE "${one}" WITH (FORCE)`);
      await rm(home, { recursive: true });
    };
    const start = ["run", "shop", "lost", "--live", "--plain", "--strategy", point.strategy];
    const answers = ["--backup", backups[point.format], "--confirm", name, "--done", "look"];
    const made = {
      estate,
      name,
      home,
      env,
      witness,
      before,
      backup: shop.tables,
      lifeboat,
      databases,
      clear,
    };
    return { place: made, start: [...start, ...answers] };
  };
  return { estate, place, stop: () => estate.stop() };
}
