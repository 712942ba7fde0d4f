import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../provision/programs.ts";
import type { Ran } from "./lifeboat.ts";
import { type MinioOptions, startMinio, type TestMinio } from "./minio.ts";
import { openOperator, type Operator } from "./operator.ts";
import { orStop } from "./or-stop.ts";
import type { Bucket } from "./s3.ts";

export type S3Tool = "rclone" | "aws" | "mc" | "built-in";

/** A MinIO server with the bucket `content`, the store of the system `media`. */
export interface S3Estate extends Operator {
  server: TestMinio;
  /** The live bucket. */
  live: Bucket;
  /** Takes a backup of the bucket by the program itself; its path. */
  backup(format?: string, env?: Record<string, string>): Promise<string>;
  /** Runs the runbook `lost`, live and confirmed unless `args` name another mode. */
  restore(args: string[], env?: Record<string, string>): Promise<Ran>;
  /** Environment in which of rclone, aws and mc only these are installed. */
  only(...tools: S3Tool[]): Promise<Record<string, string>>;
  /** `settings`: further lines of the store; all else of the system stays. */
  writeSystem(settings?: string): Promise<void>;
}

export const S3_SYSTEM = `title: Media
environment: test
objectives: { rto: 10m, rpo: 24h }
stores:
  content:
    kind: s3
    endpoint: \${S3_ENDPOINT}
    bucket: \${S3_BUCKET}
    access-key: \${S3_ACCESS_KEY}
    secret-key: \${S3_SECRET_KEY}
    backups:
      - path: \${S3_BACKUPS}/{timestamp}*
`;

const LOST = `title: Content lost
scenario: objects are missing or wrong
steps:
  - { id: restore, kind: restore, store: content }
`;

/** They lie in folders of their own in the tests, so that each can be missing. */
const PROGRAMS = ["rclone", "aws", "mc"] as const;

/** Starts it all, filled. Call stop() in afterAll. */
export async function openS3Estate(options: MinioOptions = {}): Promise<S3Estate> {
  const server = await startMinio(options);
  // Inside the server's, which is removed even when the test process dies.
  const folder = join(server.folder, "estate");
  await mkdir(folder);
  const only = installer(folder, await pathWithout(folder));
  const operator = await openOperator({
    folder,
    system: "media",
    files: { system: S3_SYSTEM, lost: LOST },
    backups: "S3_BACKUPS",
    env: {
      ...(await only("rclone")),
      TMPDIR: folder,
      S3_ENDPOINT: server.endpoint,
      S3_BUCKET: "content",
      S3_ACCESS_KEY: server.accessKey,
      S3_SECRET_KEY: server.secretKey,
    },
    end: () => server.stop(),
  });
  const estate: S3Estate = {
    ...operator,
    server,
    live: server.bucket("content"),
    backup: (format = "tree", env = {}) =>
      operator.takeBackup({ args: ["content", "--format", format], env }),
    restore: (args, more) => operator.runLost("content", args, more),
    only,
    writeSystem: (settings = "") =>
      operator.writeSystem(S3_SYSTEM.replace("    backups:", `${settings}    backups:`)),
  };
  return orStop(estate, async ({ live }) => {
    await live.create();
    await live.putAll(CONTENT);
  });
}

/** Makes folders that hold some of the programs and go before the rest of the PATH. */
function installer(folder: string, rest: string): S3Estate["only"] {
  let made = 0;
  return async (...tools) => {
    const bin = join(folder, `tools-${(made += 1)}`);
    await mkdir(bin);
    for (const name of PROGRAMS.filter((one) => tools.includes(one))) {
      const program = findProgram(name);
      if (program === undefined) throw new Error(`${name} is not installed: run test/provision`);
      await symlink(program, join(bin, name));
    }
    return { PATH: `${bin}:${rest}` };
  };
}

/** The PATH with everything but rclone, aws and mc. */
async function pathWithout(folder: string): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const seen = new Set<string>(PROGRAMS);
  for (const from of (process.env["PATH"] ?? "").split(":"))
    for (const name of await readdir(from).catch(() => [])) {
      if (seen.has(name)) continue;
      seen.add(name);
      await symlink(join(from, name), join(bin, name));
    }
  return bin;
}

/** Pictures in seven folders. */
export const pictures = (number: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: number }, (_, n) => [
      `thumbs/${n % 7}/${n}.jpg`,
      `picture ${n} ${"x".repeat(n % 40)}`,
    ]),
  );

/** What the bucket holds before anything happens, with keys that have to be quoted. */
export const CONTENT: Record<string, string> = {
  ...pictures(70),
  "clips/summer sale +50% (€).mp4": "a clip",
  "clips/ünï çødé 日本.mp4": "another clip",
  'clips/it\'s "quoted" & <angled>.txt': "quotes",
  "clips/%41 is not A.txt": "percent",
  "clips/star*[1]?.txt": "pattern",
  "-leading dash": "dash",
  " leading space": "space",
};
