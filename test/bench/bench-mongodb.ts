import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { type MongoEstate, openMongoEstate } from "../helpers/mongodb-estate.ts";
import { PASSWORD, USER } from "../helpers/mongodb.ts";
import { figure, median, shellSeconds } from "./timing.ts";

const LIFEBOAT = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const GOAL = 1.3;
const ROUNDS = 3;
const COLLECTIONS = 4;
const BATCH = 1000;

const RUNBOOK = `title: Lost
scenario: bench
steps:
  - { id: restore, kind: restore, store: analytics }
`;

/** About 1 kB that does not compress well, in a few fields, with an index as an application would have. */
async function fill(estate: MongoEstate, documents: number): Promise<void> {
  const db = estate.server.db("vizora");
  for (let c = 0; c < COLLECTIONS; c += 1) {
    const collection = db.collection(`events_${c}`);
    for (let from = 0; from < documents / COLLECTIONS; from += BATCH)
      await collection.insertMany(
        Array.from({ length: BATCH }, (_, at) => ({
          _id: from + at,
          device: `d${(from + at) % 500}`,
          at: new Date(1_700_000_000_000 + from + at),
          value: (from + at) / 7,
          text: Array.from({ length: 14 }, (_one, n) =>
            createHash("sha256")
              .update(`${c} ${from + at} ${n}`)
              .digest("hex"),
          ).join(" "),
        })),
      );
    await collection.createIndex({ device: 1, at: -1 });
  }
}

/** Seconds of the whole drill, and of its steps by name. */
async function drill(
  estate: MongoEstate,
  backup: string,
): Promise<{ seconds: number; steps: Map<string, number> }> {
  const started = performance.now();
  const args = ["run", "vizora", "bench", "--drill", "--backup", backup, "--json"];
  const child = spawn(process.execPath, [LIFEBOAT, ...args], {
    env: estate.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the drill ended with ${String(code)}: ${out.slice(-2000)}`);
  const ended = out
    .trim()
    .split("\n")
    .map((line): { type: string; step?: string; ms?: number } => JSON.parse(line))
    .filter(({ type }) => type === "step.ended");
  const steps = new Map(ended.map(({ step, ms }) => [step?.split(".")[1] ?? "", (ms ?? 0) / 1000]));
  return { seconds: (performance.now() - started) / 1000, steps };
}

/**
 * (e), MongoDB: restore and verification against mongorestore alone, into another database of the same server. The server is
 * FerretDB before PostgreSQL, which takes longer to hand a document out than to take it in (59 MB in 60,000 documents, in
 * seconds of processor time of the two: in 3.1, out by these cursors 3.9, out by mongodump 9.2, counted only 2.6), so that
 * proving every document cannot be had for 30 %; nor can counting them all and reading a share, which is why there is no
 * such mode. MongoDB itself could not be measured here.
 */
export async function benchMongodb(documents = 200_000): Promise<void> {
  const estate = await openMongoEstate();
  try {
    await estate.write("runbooks/vizora/bench.yaml", RUNBOOK);
    await fill(estate, documents);
    const backup = await estate.backup("vizora", "archive");
    console.log(
      `(e) mongodb: ${documents} documents, an archive of ${(statSync(backup).size / 1e6).toFixed(0)} MB`,
    );
    const uri = `mongodb://${encodeURIComponent(USER)}@127.0.0.1:${estate.server.port}/?authSource=admin`;
    const bare = `printf '%s\\n' "$MONGODB_PASSWORD" | mongorestore --quiet --uri='${uri}' --archive='${backup}' --nsFrom='vizora.*' --nsTo='hand.*'`;
    const [hand, load, proven, all]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 1; round <= ROUNDS; round += 1) {
      hand.push(shellSeconds(bare, { ...estate.env, MONGODB_PASSWORD: PASSWORD }));
      await estate.server.db("hand").dropDatabase();
      const { seconds, steps } = await drill(estate, backup);
      load.push(steps.get("load") ?? 0);
      proven.push((steps.get("load") ?? 0) + (steps.get("verify") ?? 0));
      all.push(seconds);
      const each = [...steps].map(([name, s]) => `${name} ${s.toFixed(2)}`).join(", ");
      console.log(`  round ${round}, steps (s): ${each}; mongorestore alone ${hand.at(-1)?.toFixed(2)}`);
    }
    console.log(`  ${figure("restored beside", median(load), median(hand), GOAL)}`);
    console.log(`  ${figure("restored and every document proven", median(proven), median(hand), GOAL)}`);
    console.log(
      `  ${figure("the whole drill, artifact read and copy removed", median(all), median(hand), GOAL)}`,
    );
  } finally {
    await estate.stop();
  }
}
