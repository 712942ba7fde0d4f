import { freePort } from "./free-port.ts";
import { createHash } from "node:crypto";
import { access, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { findProgram, provisionedPath } from "../provision/programs.ts";
import { orStop } from "./or-stop.ts";
import { type Bucket, bucketAt, deleteBucket, listBuckets, s3Client } from "./s3.ts";
import { openSupervisor } from "./supervisor.ts";

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
  const supervisor = openSupervisor(folder, {
    argv: [...(options.wrap?.(folder) ?? []), ...argv],
    env: {
      PATH: provisionedPath(),
      HOME: folder,
      MINIO_ROOT_USER: ACCESS,
      MINIO_ROOT_PASSWORD: SECRET,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
      // Lets it use a folder of the system's own disk.
      MINIO_CI_CD: "on",
      GOMEMLIMIT: "256MiB",
    },
    isReady: async () => (await fetch(`${endpoint}/minio/health/ready`)).ok,
    gaveUp: /FATAL|ERROR/,
  });
  await orStop(supervisor, supervisor.start);
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
    log: supervisor.log,
    halt: () => supervisor.halt("KILL"),
    start: supervisor.start,
    stop: supervisor.stop,
  };
}

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
