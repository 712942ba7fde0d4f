import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, RESTORE_RUNBOOK } from "../../helpers/estate.ts";
import { expectOutcome, runOf } from "../outcome.ts";

let estate: Estate;
let backup: string;
beforeAll(async () => {
  estate = await openEstate({ settings: { max_connections: "60" } });
  backup = await estate.backup();
});
afterAll(() => estate?.stop());

const sql = (text: string, database = "postgres"): Promise<string> => estate.server.psql(database, text);
/** A live database that is not what the backup holds: one row more in each of two tables. */
async function damaged(name: string): Promise<void> {
  await estate.clone(name);
  await sql(
    `INSERT INTO customers (name, email) VALUES ('late', 'late@example.org');
     INSERT INTO orders (customer_id, state, placed, total) SELECT max(id), 'new', now(), 1 FROM customers;`,
    name,
  );
}
const keptOf = (names: string[], name: string): string =>
  names.find((one) => one.startsWith(`${name}__before_`)) ?? "none is kept";

test("a newer view that hangs on the tables stays with the old data and does not disturb the restore", async () => {
  await damaged("viewed");
  await sql(
    "CREATE MATERIALIZED VIEW newer AS SELECT * FROM orders; CREATE VIEW on_top AS SELECT id FROM newer;",
    "viewed",
  );
  const before = await estate.snapshot();
  expectOutcome(await estate.restore("viewed", ["--backup", backup]), 0, "viewed is the restored copy");
  const after = await estate.snapshot();
  expect(after["viewed"]?.tables).toEqual(before["shop"]?.tables);
  expect(after["viewed"]?.about).toEqual(before["viewed"]?.about);
  const kept = keptOf(Object.keys(after), "viewed");
  expect(after[kept]?.oid).toBe(before["viewed"]?.oid);
  // The fence went with it: no application that remembers an old connection can write into it.
  expect(after[kept]?.about).toContain("open false");
  await sql(`ALTER DATABASE "${kept}" ALLOW_CONNECTIONS true`);
  expect((await estate.snapshot([kept]))[kept]?.tables).toEqual(before["viewed"]?.tables);
  expect(await sql("SELECT count(*) FROM on_top", kept)).toBe("1601");
  expect(Object.keys(after).filter((name) => !(name in before))).toEqual([kept]);
});

interface Seen {
  at: number;
  saw: "old" | "new" | "refused" | string;
}

/** Connects, reads two tables, leaves, again and again, until told to stop. */
function hammer(name: string): { seen: Seen[]; stop: () => Promise<void> } {
  const seen: Seen[] = [];
  const told = new AbortController();
  const read = "SELECT (SELECT count(*) FROM customers) || ' ' || (SELECT count(*) FROM orders)";
  const once = (): Promise<void> =>
    new Promise((done) => {
      const argv = ["-XAtq", "-c", "SELECT count(*) FROM customers", "-c", read, estate.server.url(name)];
      const child = spawn(estate.server.programs.psql, argv, { stdio: ["ignore", "pipe", "ignore"] });
      let out = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.once("close", (code) => {
        const words = { "401\n401 1601\n": "old", "400\n400 1600\n": "new" }[out];
        seen.push({ at: performance.now(), saw: words ?? (code === 0 ? `mixture ${out}` : "refused") });
        done();
      });
    });
  const loop = (async () => {
    while (!told.signal.aborted) await once();
  })();
  return {
    seen,
    stop: () => {
      told.abort();
      return loop;
    },
  };
}

/**
 * A pool's connection: held for as long as it lasts, and opened anew the moment it is cut. Speaks the first message of
 * the protocol itself, since starting a program takes longer than the gap it has to hit.
 */
function pooled(name: string): { stop: () => void } {
  const words = ["user", "postgres", "database", name, ""].map((word) => `${word}\0`).join("");
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + Buffer.byteLength(words), 0);
  head.writeInt32BE(196_608, 4);
  const startup = Buffer.concat([head, Buffer.from(words)]);
  let going = true;
  let socket: Socket;
  const open = (): void => {
    socket = connect(
      join(estate.server.socketDir, `.s.PGSQL.${estate.server.port}`),
      () => void socket.write(startup),
    );
    socket.on("error", () => undefined).once("close", () => going && open());
    socket.resume();
  };
  open();
  return {
    stop: () => {
      going = false;
      socket.destroy();
    },
  };
}

/** A session that has changed something, has not committed, and says nothing more. */
async function idleInTransaction(name: string): Promise<{ child: ChildProcess; ended: Promise<unknown> }> {
  const child = spawn(estate.server.programs.psql, ["-XAtq", estate.server.url(name)], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise((done) => child.once("close", done));
  child.stdin?.write("BEGIN; UPDATE orders SET total = 0; SELECT 'held';\n");
  await new Promise((held) => child.stdout?.once("data", held));
  return { child, ended };
}

test("clients that hammer the database see old, refusals, new, never a mixture, and are refused for less than a second", async () => {
  await damaged("busy");
  const before = await estate.snapshot();
  const holder = await idleInTransaction("busy");
  const clients = [hammer("busy"), hammer("busy"), hammer("busy")];
  const pool = Array.from({ length: 8 }, () => pooled("busy"));
  const connected = "SELECT count(*) >= 9 FROM pg_stat_activity WHERE datname = 'busy'";
  await expect.poll(() => sql(connected), { timeout: 10_000 }).toBe("t");
  const running = estate.start(
    ["run", "shop", "lost", "--live", "--confirm", "busy", "--backup", backup],
    estate.at("busy"),
  );
  const ran = await running.ended;
  // Every client must have met the new data before it is told to stop.
  for (const client of clients)
    await expect.poll(() => client.seen.at(-1)?.saw, { timeout: 10_000 }).toBe("new");
  for (const one of pool) one.stop();
  await Promise.all(clients.map((client) => client.stop()));
  holder.child.stdin?.end();
  await holder.ended;
  expectOutcome(ran, 0, "RECOVERED");
  for (const { seen } of clients) {
    const order = seen.map((one) => one.saw).filter((saw, at, all) => saw !== all[at - 1]);
    expect(order.join(" ")).toMatch(/^old (refused )?new$/);
    const lastOld = seen.findLast((one) => one.saw === "old")?.at ?? 0;
    const firstNew = seen.find((one) => one.saw === "new")?.at ?? Number.POSITIVE_INFINITY;
    expect(firstNew - lastOld).toBeLessThan(1000);
  }
  const after = await estate.snapshot();
  expect(after["busy"]?.tables).toEqual(before["shop"]?.tables);
  // What the holder had not committed is not in the old data.
  const kept = keptOf(Object.keys(after), "busy");
  await sql(`ALTER DATABASE "${kept}" ALLOW_CONNECTIONS true`);
  expect((await estate.snapshot([kept]))[kept]?.tables).toEqual(before["busy"]?.tables);
});

test("another database that takes the name between plan and swap is not renamed away", async () => {
  await damaged("swapped_out");
  const psql = (text: string): string => `psql -X -q -d '${estate.server.url("postgres")}' -c '${text}'`;
  const script = [
    psql("ALTER DATABASE swapped_out RENAME TO somebody_elses"),
    psql("CREATE DATABASE swapped_out TEMPLATE shop"),
  ].join(" && ");
  await estate.writeRunbook(
    "taken",
    RESTORE_RUNBOOK.replace(
      "steps:\n",
      `steps:\n  - { id: meanwhile, kind: command, effect: reversible, run: [sh, -c, ${JSON.stringify(script)}] }\n`,
    ),
  );
  const ran = await estate.lifeboat(
    ["run", "shop", "taken", "--live", "--confirm", "swapped_out", "--backup", backup],
    estate.at("swapped_out"),
  );
  expectOutcome(
    ran,
    20,
    "this is not the swapped_out the plan was made for",
    "database oid was",
    "make a new plan",
    "swapped_out is as it was: this run did not touch it",
  );
  const after = await estate.snapshot();
  const own = Object.keys(after).filter((name) => name.startsWith("swapped_out"));
  expect(own).toEqual(["swapped_out", expect.stringMatching(/^swapped_out__restore_/)]);
  expect(after["swapped_out"]?.tables).toEqual(after["shop"]?.tables);
  expect(after["somebody_elses"]?.tables["public.orders"]).toMatch(/^1601 /);
  // What this run did make is taken back, and only that.
  expectOutcome(
    await estate.lifeboat(["undo", runOf(ran), "--confirm", "swapped_out"], estate.at("swapped_out")),
    0,
  );
  const undone = await estate.snapshot();
  expect(Object.keys(undone).filter((name) => name.startsWith("swapped_out"))).toEqual(["swapped_out"]);
});

test("a second live run is refused and told who holds the store", async () => {
  await damaged("wanted");
  const flag = join(estate.folder, "go-on");
  const wait = `until [ -e '${flag}' ]; do sleep 0.02; done`;
  await estate.writeRunbook(
    "slow",
    RESTORE_RUNBOOK.replace(
      "steps:\n",
      `steps:\n  - { id: wait, kind: command, effect: reversible, run: [sh, -c, ${JSON.stringify(wait)}] }\n`,
    ),
  );
  const args = ["--live", "--confirm", "wanted", "--backup", backup];
  const first = estate.start(["run", "shop", "slow", ...args], estate.at("wanted"));
  try {
    await first.until(/running +1\//);
    const before = await estate.snapshot();
    const second = await estate.lifeboat(["run", "shop", "lost", ...args], estate.at("wanted"));
    expectOutcome(
      second,
      31,
      "another live run holds shop-database",
      `process ${first.pid}`,
      /where: run \S+-shop-slow-/,
      "wait until it ends",
    );
    // A drill and a dry run touch nothing the first one uses.
    expectOutcome(await estate.restore("wanted", ["--dry-run", "--backup", backup]), 0);
    expect(await estate.snapshot()).toEqual(before);
  } finally {
    await writeFile(flag, "");
  }
  expectOutcome(await first.ended, 0, "RECOVERED");
  expectOutcome(await estate.restore("wanted", ["--backup", backup]), 0);
});
