import { randomBytes } from "node:crypto";
import { availableParallelism, homedir, hostname, userInfo } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Sleep } from "../engine/run-context.ts";
import type { Clock } from "../journal/append.ts";

/** All that comes from outside, in one place; everything else takes it as an argument. */
export interface World {
  env: Record<string, string>;
  cwd: string;
  /** LIFEBOAT_HOME: runs, locks, the practice estate. */
  home: string;
  /** The runbooks that come with Lifeboat. */
  shipped: string;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** A person can be asked: both ends are terminals that understand more than plain lines. */
  interactive: boolean;
  operator: string;
  machine: string;
  pid: number;
  clock: Clock;
  sleep: Sleep;
  jobs: number;
  random: (bytes: number) => string;
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function homeFolder(env: Record<string, string>, cwd: string): string {
  if (env["LIFEBOAT_HOME"]) return resolve(cwd, env["LIFEBOAT_HOME"]);
  return join(env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "lifeboat");
}

function account(env: Record<string, string>): string {
  try {
    return userInfo().username;
  } catch {
    return env["USER"] ?? "unknown";
  }
}

function startedIn(): string {
  try {
    return process.cwd();
  } catch (error) {
    const facts = { what: "the folder this was started in is gone", next: "cd to one that is there" };
    throw new LifeboatError(EXIT.usage, facts, error);
  }
}

/** Makes no folder: looking, linting and help work on a file system that cannot be written to. */
export function openWorld(): World {
  const env = definedEnv();
  const cwd = startedIn();
  const home = homeFolder(env, cwd);
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return {
    env: { ...env, LIFEBOAT_HOME: home },
    cwd,
    home,
    // dist/lifeboat.js lies one folder below the root.
    shipped: join(dirname(dirname(fileURLToPath(import.meta.url))), "runbooks"),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interactive: terminal && env["TERM"] !== "dumb",
    operator: env["SUDO_USER"] ? `${env["SUDO_USER"]} as ${account(env)}` : account(env),
    machine: hostname(),
    pid: process.pid,
    clock: { now: () => new Date(), mono: () => performance.now() },
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    jobs: Math.max(1, Math.min(8, availableParallelism())),
    random: (bytes) => randomBytes(bytes).toString("hex"),
  };
}

const CHILD_ENV = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TMPDIR",
  "PGPASSFILE",
  "PGSERVICEFILE",
  "PGSSLROOTCERT",
  "PGSSLCERT",
  "PGSSLKEY",
  "KRB5CCNAME",
  "SSH_AUTH_SOCK",
  "XDG_RUNTIME_DIR",
  // Where the container engine and the cluster are, and whom the S3 and HTTP clients trust and go through; none of them holds a secret.
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "DOCKER_CERT_PATH",
  "DOCKER_TLS_VERIFY",
  "KUBECONFIG",
  "AWS_CA_BUNDLE",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NO_PROXY",
];

/** Every child of a run carries the run's id in its environment, so that it is found again should Lifeboat die. */
export const RUN_MARK = "LIFEBOAT_RUN";

/** What every child gets of the operator's environment. The rest, secrets among it, stays here. */
export function childEnv(world: World): Record<string, string> {
  const kept = CHILD_ENV.flatMap((name) =>
    world.env[name] === undefined ? [] : [[name, world.env[name]] as const],
  );
  const own = join(dirname(world.shipped), "bin");
  return {
    ...Object.fromEntries(kept),
    // `lifeboat s3 …` is a command like any other; an installed one comes first.
    PATH: [world.env["PATH"] ?? "/usr/bin:/bin", own].join(delimiter),
    // Programs must speak the language the hints are written for.
    LC_MESSAGES: "C",
  };
}
