import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../src/base/entries.ts";
import { compareEntries } from "../../src/checks/compare-entries.ts";
import { comparison } from "../../src/stores/s3/script.ts";
import { openS3Estate, type S3Estate } from "../helpers/s3-estate.ts";
import { stepTimes, sumOf, timedRun } from "./timed-run.ts";
import { figure, median, shellSeconds } from "./timing.ts";

const OBJECTS = 10_000;
const BYTES = 20_480;
const KEYS = 100_000;
const MB = 1_000_000;
/** Steps that restore and prove; the others put it in place: object by object inside the server. */
const PROVEN = ["preflight", "artifact", "create", "load", "verify"];

function makeTree(folder: string): string {
  const tree = join(folder, "tree");
  for (let n = 0; n < OBJECTS; n += 1) {
    if (n < 100) mkdirSync(join(tree, String(n)), { recursive: true });
    writeFileSync(join(tree, String(n % 100), `picture ${n}.jpg`), randomBytes(BYTES));
  }
  return tree;
}

/** What a person types who has only rclone: the tree into the bucket, sixteen at a time. */
function bare(estate: S3Estate, tree: string, bucket: string): number {
  const env = {
    PATH: process.env["PATH"] ?? "",
    RCLONE_CONFIG: "/dev/null",
    RCLONE_CONFIG_LB_TYPE: "s3",
    RCLONE_CONFIG_LB_PROVIDER: "Minio",
    RCLONE_CONFIG_LB_ENDPOINT: estate.server.endpoint,
    RCLONE_CONFIG_LB_ACCESS_KEY_ID: estate.server.accessKey,
    RCLONE_CONFIG_LB_SECRET_ACCESS_KEY: estate.server.secretKey,
  };
  return shellSeconds(`rclone copy --transfers 16 --checkers 16 ${tree} LB:${bucket}`, env);
}

/** (e): a bucket of 10,000 objects and 200 MB that is lost as a whole, restored and verified, against rclone's copy alone. */
export async function benchS3(rounds = 3): Promise<void> {
  compareKeys();
  const estate = await openS3Estate();
  try {
    const tree = makeTree(estate.folder);
    await estate.live.empty();
    bare(estate, tree, "content");
    const path = await estate.backup("tree");
    console.log(
      `(e) s3: ${OBJECTS} objects, ${Math.round((OBJECTS * BYTES) / MB)} MB, a mirrored tree, rclone and MinIO in memory`,
    );
    const measured: { theirs: number; proven: number; all: number }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const theirs = bare(estate, tree, `bare${round}`);
      await estate.live.empty();
      const args = ["media", "lost", "--live", "--confirm", "content", "--backup", path];
      const ran = await timedRun(args, estate.env);
      measured.push({ theirs, proven: sumOf(ran, PROVEN), all: ran.seconds });
      console.log(`    round ${round}: rclone alone ${theirs.toFixed(1)} s; steps (s): ${stepTimes(ran)}`);
      for (const bucket of await estate.server.buckets())
        if (bucket !== "content") await estate.server.deleteBucket(bucket);
    }
    const theirs = median(measured.map((round) => round.theirs));
    console.log(
      `  ${figure("restore and verification", median(measured.map(({ proven }) => proven)), theirs, 1.3)}`,
    );
    console.log(
      `  with keeping, swapping inside the server and tidying: ${median(measured.map(({ all }) => all)).toFixed(2)} s (no goal: buckets cannot be renamed)`,
    );
  } finally {
    await estate.stop();
  }
}

const entries = (changed: number): Entry[] =>
  Array.from({ length: KEYS }, (_, n) => ({
    name: `media/${n % 1000}/a picture with a longer name ${n}.jpg`,
    bytes: 20_480,
    sha256: `${n === changed ? "f" : "0"}${String(n).padStart(63, "0")}`,
  }));

/** 100,000 keys: in a judge, and by the shell commands of a plan in 300 MB of memory. */
function compareKeys(): void {
  const [wanted, found] = [entries(-1), entries(77)];
  const before = process.memoryUsage().heapUsed;
  const started = performance.now();
  const results = compareEntries(wanted, found, { noun: "objects", wanted: "the manifest" });
  const judged = (performance.now() - started) / 1000;
  const heap = (process.memoryUsage().heapUsed - before) / MB;
  if (!results.some(({ why }) => why?.includes("name 77.jpg")))
    throw new Error("the changed entry was not named");
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-bench-"));
  try {
    for (const [file, list] of [
      ["wanted", wanted],
      ["found", found],
    ] as const) {
      const lines = list.map((one) => `${one.name}\t${one.bytes}\t${one.sha256?.slice(0, 32)}`).sort();
      writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
    }
    const script = `ulimit -v 300000; LC_ALL=C; export LC_ALL; TAB=$(printf '\\t'); ${comparison("wanted", "found")}`;
    const began = performance.now();
    const said = execFileSync("sh", ["-c", script], { cwd: folder, encoding: "utf8" });
    const took = (performance.now() - began) / 1000;
    if (!said.includes("! content 1 ")) throw new Error(`the changed key was not found:\n${said}`);
    console.log(`(e) a list of ${KEYS} keys compared`);
    console.log(
      `  ${figure("in a judge, goal 5 s", judged, 5, 1)}  (${heap.toFixed(0)} MB more heap, goal < 300)`,
    );
    console.log(`  ${figure("by join and awk, under ulimit -v 300 MB", took, 5, 1)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
