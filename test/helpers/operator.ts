import { statSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { provisionedPath } from "../provision/programs.ts";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";

type Env = Record<string, string>;

/** What an operator has at a terminal, all of a test's own. An estate is an operator with a server and data on it. */
export interface Operator {
  /** Name of its system. */
  system: string;
  /** Temporary; runbooks, home, backups and what a test puts there lie in it. */
  folder: string;
  /** LIFEBOAT_HOME. */
  home: string;
  backups: string;
  env: Env;
  /** The program to its end. `prefix` goes before its argv. */
  lifeboat(args: readonly string[], env?: Env, prefix?: string[]): Promise<Ran>;
  start(args: readonly string[], env?: Env, prefix?: string[]): Running;
  /** A text at a path below the folder. */
  write(path: string, text: string): Promise<void>;
  writeSystem(yaml: string, system?: string): Promise<void>;
  writeRunbook(name: string, yaml: string, system?: string): Promise<void>;
  /** Executable scripts of their own folder, to go first on PATH: stand-ins for programs. */
  standIns(scripts: Record<string, string>): Promise<Env>;
  /** Takes a backup by the program itself, with manifest; its path. */
  takeBackup(how?: BackupHow): Promise<string>;
  /** Runs the runbook `lost`, live and confirmed by this name unless `args` name another mode. */
  runLost(confirm: string, args?: readonly string[], env?: Env): Promise<Ran>;
  /** The manifest beside a backup, changed. */
  changeManifest(path: string, change: (text: string) => string): Promise<void>;
  /** Ids of all runs, newest first. */
  runs(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface BackupHow {
  /** Further arguments of `lifeboat backup <system>`. */
  args?: readonly string[];
  /** A system.yaml for this backup only, e.g. with another pattern. */
  yaml?: string;
  env?: Env;
}

export interface OperatorOptions {
  /** Made when it is not there, and removed by stop(). */
  folder: string;
  system: string;
  /** Its files by name, `system` and runbooks. */
  files: Record<string, string>;
  /** The variable by which system.yaml learns where backups lie. */
  backups: string;
  /** What else system.yaml asks for; also another PATH or HOME. */
  env: Env;
  /** Ends what is not the operator's: servers. */
  end(): Promise<void>;
}

export async function openOperator(options: OperatorOptions): Promise<Operator> {
  const { folder, system: own } = options;
  const [home, runbooks, backups] = [join(folder, "home"), join(folder, "runbooks"), join(folder, "backups")];
  const env: Env = {
    PATH: provisionedPath(),
    HOME: folder,
    LANG: "C.UTF-8",
    [options.backups]: backups,
    ...options.env,
    LIFEBOAT_HOME: home,
    LIFEBOAT_RUNBOOKS: runbooks,
  };
  const write = (path: string, text: string): Promise<void> => writeText(join(folder, path), text);
  const writeRunbook: Operator["writeRunbook"] = (name, yaml, system = own) =>
    write(join("runbooks", system, `${name}.yaml`), yaml);
  const { start, endAll } = starter(folder, env);
  const lifeboat: Operator["lifeboat"] = (args, more, prefix) => start(args, more, prefix).ended;
  let [taken, stands] = [0, 0];
  await mkdir(home, { recursive: true });
  for (const [name, yaml] of Object.entries(options.files)) await writeRunbook(name, yaml);
  return {
    system: own,
    folder,
    home,
    backups,
    env,
    lifeboat,
    start,
    write,
    writeRunbook,
    writeSystem: (yaml, system) => writeRunbook("system", yaml, system),
    standIns: async (scripts) => {
      const bin = join(folder, `bin-${(stands += 1)}`);
      for (const [name, script] of Object.entries(scripts)) {
        await writeText(join(bin, name), script);
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: `${bin}:${env["PATH"]}` };
    },
    takeBackup: async ({ args = [], yaml, env: more = {} } = {}) => {
      // A folder of its own: names carry seconds, and two backups may be taken within one.
      const place = { [options.backups]: join(folder, `taken-${(taken += 1)}`) };
      const taker = `taker-${taken}`;
      if (yaml !== undefined) await write(join(taker, own, "system.yaml"), yaml);
      const where = yaml === undefined ? place : { ...place, LIFEBOAT_RUNBOOKS: join(folder, taker) };
      const ran = await lifeboat(["backup", own, ...args], { ...where, ...more });
      if (ran.code !== 0) throw new Error(`backup: ${ran.stdout}${ran.stderr}`);
      return ran.stdout.split("\n")[0] ?? "";
    },
    runLost: (confirm, args = [], more) => {
      const isOther = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      const live = isOther ? [] : ["--live", "--confirm", confirm];
      return lifeboat(["run", own, "lost", ...live, ...args], more);
    },
    changeManifest: async (path, change) => {
      const file = `${path}.manifest.json`;
      await writeFile(file, change(await readFile(file, "utf8")));
    },
    runs: async () => {
      const ids = await readdir(join(home, "runs")).catch(() => []);
      // Not by name: two runs may begin within one second.
      const began = (id: string): number =>
        statSync(join(home, "runs", id, "plan.json"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
      return ids.toSorted((one, other) => began(other) - began(one));
    },
    stop: async () => {
      await endAll();
      await options.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the folders it needs. */
export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function starter(cwd: string, env: Env): { start: Operator["start"]; endAll(): Promise<void> } {
  const running = new Set<Running>();
  return {
    start: (args, more = {}, prefix = []) => {
      const one = startLifeboat(args, { env: { ...env, ...more }, cwd, prefix });
      running.add(one);
      void one.ended.finally(() => running.delete(one)).catch(() => undefined);
      return one;
    },
    // A test that failed half way may have left one waiting.
    endAll: async () => {
      for (const one of running) one.kill("SIGTERM");
      await Promise.allSettled([...running].map((one) => one.ended));
    },
  };
}
