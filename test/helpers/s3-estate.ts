import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../provision/programs.ts";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";
import { type MinioOptions, startMinio, type TestMinio } from "./minio.ts";
import type { Bucket } from "./s3.ts";

export type S3Tool = "rclone" | "aws" | "mc" | "built-in";

/** A MinIO server with the bucket `content`, a runbook folder with the system `media`, and a LIFEBOAT_HOME. */
export interface S3Estate {
  server: TestMinio;
  folder: string;
  home: string;
  backups: string;
  env: Record<string, string>;
  /** The live bucket. */
  live: Bucket;
  lifeboat(args: string[], env?: Record<string, string>, prefix?: string[]): Promise<Ran>;
  start(args: string[], env?: Record<string, string>): Running;
  /** Takes a backup of the bucket by the program itself; its path. */
  backup(format?: string, env?: Record<string, string>): Promise<string>;
  /** Runs the runbook `lost`, live and confirmed unless `args` name another mode. */
  restore(args: string[], env?: Record<string, string>): Promise<Ran>;
  /** Environment in which of rclone, aws and mc only these are installed. */
  only(...tools: S3Tool[]): Promise<Record<string, string>>;
  /** `settings`: further lines of the store. */
  writeSystem(settings?: string): Promise<void>;
  writeRunbook(name: string, yaml: string): Promise<void>;
  /** Ids of all runs, newest first. */
  runs(): Promise<string[]>;
  stop(): Promise<void>;
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

/** What every command here needs besides the S3 programs; they lie in folders of their own in the tests. */
const PROGRAMS = ["rclone", "aws", "mc"] as const;

export async function openS3Estate(options: MinioOptions = {}): Promise<S3Estate> {
  const server = await startMinio(options);
  // Inside the server's, which is removed even when the test process dies.
  const folder = join(server.folder, "estate");
  await mkdir(folder);
  const [home, runbooks, backups] = ["home", "runbooks", "backups"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(home);
  const plain = await pathWithout(folder);
  let made = 0;
  const only: S3Estate["only"] = async (...tools) => {
    const bin = join(folder, `bin-${(made += 1)}`);
    await mkdir(bin);
    for (const name of PROGRAMS.filter((one) => tools.includes(one))) {
      const program = findProgram(name);
      if (program === undefined) throw new Error(`${name} is not installed: run test/provision`);
      await symlink(program, join(bin, name));
    }
    return { PATH: `${bin}:${plain}` };
  };
  const env = {
    ...(await only("rclone")),
    HOME: folder,
    TMPDIR: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: home,
    LIFEBOAT_RUNBOOKS: runbooks,
    S3_ENDPOINT: server.endpoint,
    S3_BUCKET: "content",
    S3_ACCESS_KEY: server.accessKey,
    S3_SECRET_KEY: server.secretKey,
    S3_BACKUPS: backups,
  };
  const running = new Set<Running>();
  const begin = (args: string[], more: Record<string, string>, prefix: string[]): Running => {
    const one = startLifeboat(args, { env: { ...env, ...more }, cwd: folder, prefix });
    running.add(one);
    void one.ended.finally(() => running.delete(one)).catch(() => undefined);
    return one;
  };
  let taken = 0;
  const write = async (name: string, yaml: string): Promise<void> => {
    await mkdir(join(runbooks, "media"), { recursive: true });
    await writeFile(join(runbooks, "media", `${name}.yaml`), yaml);
  };
  const estate: S3Estate = {
    server,
    folder,
    home,
    backups,
    env,
    live: server.bucket("content"),
    lifeboat: (args, more = {}, prefix = []) => begin(args, more, prefix).ended,
    start: (args, more = {}) => begin(args, more, []),
    backup: async (format = "tree", more = {}) => {
      // A folder of its own: names carry seconds, and two backups may be taken within one.
      const ran = await estate.lifeboat(["backup", "media", "content", "--format", format], {
        S3_BACKUPS: join(folder, `taken-${(taken += 1)}`),
        ...more,
      });
      if (ran.code !== 0) throw new Error(`backup: ${ran.stderr}`);
      return ran.stdout.split("\n")[0] ?? "";
    },
    restore: (args, more) => {
      const isOther = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      return estate.lifeboat(
        ["run", "media", "lost", ...(isOther ? [] : ["--live", "--confirm", "content"]), ...args],
        more,
      );
    },
    only,
    writeSystem: (settings = "") =>
      write("system", S3_SYSTEM.replace("    backups:", `${settings}    backups:`)),
    writeRunbook: write,
    runs: async () => (await readdir(join(home, "runs")).catch(() => [])).toSorted().toReversed(),
    stop: async () => {
      for (const one of running) one.kill("SIGTERM");
      await Promise.allSettled([...running].map((one) => one.ended));
      await server.stop();
    },
  };
  try {
    await estate.live.create();
    await estate.live.putAll(CONTENT);
    await estate.writeSystem();
    await estate.writeRunbook("lost", LOST);
  } catch (error) {
    await estate.stop();
    throw error;
  }
  return estate;
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
