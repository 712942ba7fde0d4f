import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fillBigDatabase, psql } from "./big-database.ts";
import { hammer } from "./hammer.ts";
import { type BenchServer, startBenchServer } from "./server.ts";
import { figure, shellSeconds } from "./timing.ts";

const LIFEBOAT = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const DATABASE = "bigshop";

function writeSystem(server: BenchServer, name: string, ending: string): void {
  const folder = join(server.folder, "runbooks", name);
  mkdirSync(folder, { recursive: true });
  const backups = join(server.folder, "backups", name, `${DATABASE}-{timestamp}${ending}`);
  writeFileSync(
    join(folder, "system.yaml"),
    `title: bench\nenvironment: bench\nstores:\n  database:\n    kind: postgres\n    url: "${server.url(DATABASE)}"\n    backups:\n      - path: ${backups}\n`,
  );
  writeFileSync(
    join(folder, "restore.yaml"),
    "title: Restore\nscenario: bench\nsteps:\n  - { id: restore, kind: restore, store: database }\n",
  );
}

/** Not synchronously: the hammering clients are heard meanwhile. */
async function lifeboat(server: BenchServer, args: string[]): Promise<{ seconds: number; out: string }> {
  const env = {
    ...server.env,
    LIFEBOAT_HOME: join(server.folder, "home"),
    LIFEBOAT_RUNBOOKS: join(server.folder, "runbooks"),
  };
  const started = performance.now();
  const child = spawn(process.execPath, [LIFEBOAT, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  const [code] = await once(child, "close");
  if (code !== 0)
    throw new Error(`lifeboat ${args.join(" ")} ended with ${String(code)}: ${out.slice(-2000)}`);
  return { seconds: (performance.now() - started) / 1000, out };
}

/** Safety dump, terminate, drop, create, load: what a careful person types, part by part. */
function byHand(server: BenchServer): { total: number; outage: number; parts: string } {
  const terminate = `psql -X -q -d postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${DATABASE}'"`;
  const safety = shellSeconds(`pg_dump ${DATABASE} | gzip -9 > "$HOME/safety.sql.gz"`, server.env);
  const drop = shellSeconds(`${terminate} && dropdb ${DATABASE} && createdb ${DATABASE}`, server.env);
  const load = shellSeconds(
    `gunzip -c "$HOME/hand.sql.gz" | psql -X -q -v ON_ERROR_STOP=1 -d ${DATABASE}`,
    server.env,
  );
  return {
    total: safety + drop + load,
    outage: drop + load,
    parts: `safety dump ${safety.toFixed(1)} s, drop and create ${drop.toFixed(1)} s, load ${load.toFixed(1)} s`,
  };
}

async function bySwap(server: BenchServer, system: string): Promise<{ seconds: number; times: string }> {
  psql(server, "postgres", "CHECKPOINT;");
  const { seconds, out } = await lifeboat(server, [
    "run",
    system,
    "restore",
    "--live",
    "--confirm",
    DATABASE,
    "--json",
  ]);
  const events = out
    .trim()
    .split("\n")
    .map((line): { type: string; step?: string; ms?: number } => JSON.parse(line));
  const steps = events
    .filter((e) => e.type === "step.ended")
    .map((e) => `${e.step?.split(".")[1]} ${((e.ms ?? 0) / 1000).toFixed(1)}`);
  return { seconds, times: steps.join(", ") };
}

/** (a): time to recovered and the outage a client sees. */
export async function benchRecover(rows: number): Promise<void> {
  const server = await startBenchServer();
  try {
    const bytes = fillBigDatabase(server, DATABASE, rows);
    console.log(`(a) a database of ${(bytes / 1e9).toFixed(2)} GB, ${rows} rows in its largest table`);
    writeSystem(server, "gz", ".sql.gz");
    writeSystem(server, "dir", ".dir");
    await lifeboat(server, ["backup", "gz"]);
    await lifeboat(server, ["backup", "dir"]);
    shellSeconds(`pg_dump ${DATABASE} | gzip -9 > "$HOME/hand.sql.gz"`, server.env);
    for (let round = 1; round <= 2; round += 1) {
      const hand = byHand(server);
      psql(server, DATABASE, "ANALYZE;");
      const gz = await bySwap(server, "gz");
      dropKept(server);
      const dir = await bySwap(server, "dir");
      dropKept(server);
      const client = hammer(server, DATABASE);
      await bySwap(server, "dir");
      const { outage, answers } = await client.stop();
      dropKept(server);
      console.log(`  round ${round}, by hand: ${hand.parts}`);
      console.log(`  ${figure("time to recovered, .sql.gz", gz.seconds, hand.total, 0.5)}`);
      console.log(`    steps (s): ${gz.times}`);
      console.log(`  ${figure("time to recovered, directory", dir.seconds, hand.total, 0.35)}`);
      console.log(`    steps (s): ${dir.times}`);
      console.log(
        `  outage seen by hammering clients: ${outage.toFixed(2)} s among ${answers} answers, by hand ${hand.outage.toFixed(1)} s (goal < 1 s: ${outage < 1 ? "met" : "NOT MET"})`,
      );
    }
  } finally {
    server.stop();
  }
}

function dropKept(server: BenchServer): void {
  const kept = `SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname LIKE '${DATABASE}\\_\\_before%' \\gexec`;
  psql(server, "postgres", kept);
}
