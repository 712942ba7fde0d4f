import { freePort } from "./free-port.ts";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findProgram } from "../provision/programs.ts";
import { type Bucket, bucketAt, deleteBucket, listBuckets, s3Client } from "./s3.ts";

/** A MinIO server of a test's own. */
export interface TestMinio {
  folder: string;
  /** http://127.0.0.1:PORT */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  /** A bucket by its name, there or not. */
  bucket(name: string): Bucket;
  buckets(): Promise<string[]>;
  /** Name → key → sha256 of every bucket: equal before and after = whole, and nothing left over. */
  snapshot(): Promise<Record<string, Record<string, string>>>;
  deleteBucket(name: string): Promise<void>;
  log(): Promise<string>;
  /** Ends the server like a power cut; its data stays. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes all it had. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

export interface MinioOptions {
  /** Goes before the server's argv and must exec it; gets the server's folder, e.g. to give it a small disk. */
  wrap?: (folder: string) => string[];
}

/** Characters that have a meaning in URLs and shells: a tool that does not quote them is found out. */
const SECRET = "s3cr/et+ke y$%41#1";
const ACCESS = "lifeboat-test";

/**
 * Runs the server for as long as its standard input is open: it closes when the test process ends in whatever way, and
 * then the server is ended and the folder removed.
 */
const SUPERVISE = `
folder=$1; shift
server=
halt() { [ -z "$server" ] || { kill -KILL "$server"; wait "$server"; server=; } 2>/dev/null; }
while read -r word; do
  case $word in
    start) "$@" </dev/null >>"$folder/server.log" 2>&1 & server=$!; echo started ;;
    halt) halt; echo halted ;;
  esac
done
halt
rm -rf "$folder"
`;

export const MINIO_PROGRAMS = ["minio"];

/** Fails, never skips, when the server program is missing. */
export async function startMinio(options: MinioOptions = {}): Promise<TestMinio> {
  const program = findProgram("minio");
  if (program === undefined)
    throw new Error("there is no MinIO server (minio) on this machine: run test/provision");
  // It has no switch against fsync: in memory it does not matter.
  const memory = await access("/dev/shm").then(
    () => "/dev/shm",
    () => "/tmp",
  );
  const folder = await mkdtemp(join(memory, "lifeboat-minio-"));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const argv = [program, "server", "--quiet", "--address", `127.0.0.1:${port}`, join(folder, "data")];
  const shell = spawn(
    "/bin/sh",
    ["-c", SUPERVISE, "sh", folder, ...(options.wrap?.(folder) ?? []), ...argv],
    {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
      env: {
        PATH: process.env["PATH"] ?? "/usr/bin:/bin",
        HOME: folder,
        MINIO_ROOT_USER: ACCESS,
        MINIO_ROOT_PASSWORD: SECRET,
        MINIO_BROWSER: "off",
        MINIO_UPDATE: "off",
        // Lets it use a folder of the system's own disk.
        MINIO_CI_CD: "on",
        GOMEMLIMIT: "256MiB",
      },
    },
  );
  const ended = new Promise<void>((done) => void shell.once("exit", () => done()));
  const answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const say = async (line: string): Promise<void> => {
    shell.stdin.write(`${line}\n`);
    await answers.next();
  };
  const start = async (): Promise<void> => {
    await say("start");
    await untilReady(endpoint, join(folder, "server.log"));
  };
  const stop = async (): Promise<void> => {
    shell.stdin.end();
    await ended;
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  const client = s3Client(endpoint, ACCESS, SECRET);
  const buckets = (): Promise<string[]> => listBuckets(client);
  return {
    folder,
    endpoint,
    accessKey: ACCESS,
    secretKey: SECRET,
    bucket: (name) => bucketAt(client, name),
    buckets,
    snapshot: async () => {
      const found: Record<string, Record<string, string>> = {};
      for (const name of await buckets()) found[name] = await bucketAt(client, name).sums();
      return found;
    },
    deleteBucket: (name) => deleteBucket(client, name),
    log: () => readFile(join(folder, "server.log"), "utf8"),
    halt: () => say("halt"),
    start,
    stop,
  };
}

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

async function untilReady(endpoint: string, logFile: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const ready = await fetch(`${endpoint}/minio/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    const log = await readFile(logFile, "utf8").catch(() => "");
    if (performance.now() > deadline || /FATAL|ERROR/.test(log))
      throw new Error(`the MinIO server did not start:\n${log.slice(-3000)}`);
    await new Promise((again) => setTimeout(again, 25));
  }
}
