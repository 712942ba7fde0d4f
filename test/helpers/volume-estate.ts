import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DockerOptions, startDocker, type TestDocker } from "./docker.ts";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";

/** Path → kind, mode, owner, size, time and content, as an independent eye finds them on the engine's disk. */
export type Tree = Record<string, string>;

/**
 * An engine, a runbook folder with the system `shelf` and a LIFEBOAT_HOME, all of a test's own. `SHELF_VOLUME` and
 * `SHELF_BACKUPS` tell the program about them; a test may give other values.
 */
export interface VolumeEstate {
  engine: TestDocker;
  folder: string;
  home: string;
  backups: string;
  env: Record<string, string>;
  lifeboat(args: readonly string[], env?: Record<string, string>): Promise<Ran>;
  start(args: readonly string[], env?: Record<string, string>): Running;
  /** A volume with one of everything that a backup has to carry. */
  fill(volume: string): Promise<void>;
  /** Executable scripts in a folder of their own, to go first on PATH: stand-ins for docker. */
  standIns(scripts: Record<string, string>): Promise<Record<string, string>>;
  /** Takes a backup of a volume by the program itself, with manifest; its path. */
  backup(volume: string, format?: "tar" | "tar.gz" | "tar.zst"): Promise<string>;
  /** Runs the runbook `lost` on a volume, live and confirmed unless `args` name another mode. */
  restore(volume: string, args: readonly string[], env?: Record<string, string>): Promise<Ran>;
  tree(volume: string): Tree;
  volumes(): Promise<string[]>;
  /** Names of running containers, sorted. */
  running(): Promise<string[]>;
  writeRunbook(name: string, yaml: string): Promise<void>;
  writeSystem(yaml: string): Promise<void>;
  runs(): Promise<string[]>;
  stop(): Promise<void>;
}

export const SHELF_SYSTEM = `title: Shelf
environment: test
objectives: { rto: 10m, rpo: 24h }
stores:
  files:
    kind: volume
    volume: \${SHELF_VOLUME}
    image: lifeboat-test/busybox
    stop-timeout: 3s
    backups:
      - path: \${SHELF_BACKUPS}/{tier}/shelf-{timestamp}*
`;

export const SHELF_RUNBOOK = `title: Files lost
scenario: somebody emptied the volume
steps:
  - id: restore
    kind: restore
    store: files
    queries:
      - title: there are pages
        sql: ls pages | wc -l
        expect: { at-least: 1 }
`;

/** Everything a volume's backup has to carry: dotfiles, odd names, owners, modes, links, an empty folder. */
const FILL = `mkdir -p pages/deep 'with space' .hidden empty
for i in 1 2 3 4 5 6 7 8 9; do echo "page $i" > pages/$i; done
head -c 300000 /dev/urandom > pages/deep/large
echo secret > .hidden/.dot; chmod 0600 .hidden/.dot; chmod 0700 .hidden
echo x > 'with space/a  b'; printf 'y' > "$(printf 'new\nline')"; echo z > 'back\\slash'; echo u > 'käse'
ln -s pages/1 link; ln -s /nowhere/at/all broken; ln pages/2 pages/twin
: > nothing; mkfifo pipe; chmod 4755 pages/3
chown -R 999:998 pages/deep; chown 70000:70000 'with space'; chmod 1777 empty
touch -d '2024-02-03 04:05:06' pages/4 .hidden/.dot; chown 999:999 .; chmod 0750 .`;

function describe(path: string): string {
  const facts = lstatSync(path);
  const owner = `${facts.uid}:${facts.gid}`;
  if (facts.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  const kind = `${facts.mode.toString(8)} ${owner}`;
  if (facts.isDirectory()) return kind;
  if (!facts.isFile()) return kind.replace(/^(\d{2})\d*/, "$1");
  const sum = createHash("sha256").update(readFileSync(path)).digest("hex");
  return `${kind} ${facts.size} ${Math.floor(facts.mtimeMs / 1000)} ${facts.nlink} ${sum}`;
}

/** A folder and everything below it. Throws when something vanishes meanwhile. */
export function treeOf(root: string, path = ""): Tree {
  const found: Tree = { [path || "."]: describe(join(root, path)) };
  if (!lstatSync(join(root, path)).isDirectory()) return found;
  for (const name of readdirSync(join(root, path)).sort())
    Object.assign(found, treeOf(root, path === "" ? name : `${path}/${name}`));
  return found;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

/** Starts it all. Call stop() in afterAll. */
export async function openVolumeEstate(options: DockerOptions = {}): Promise<VolumeEstate> {
  const engine = await startDocker(options);
  const folder = await mkdtemp("/tmp/lifeboat-volume-");
  const [home, backups, runbooks] = ["home", "backups", "runbooks"].map((name) => join(folder, name));
  const env = {
    ...engine.env,
    HOME: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: home ?? "",
    LIFEBOAT_RUNBOOKS: runbooks ?? "",
    SHELF_BACKUPS: backups ?? "",
    SHELF_VOLUME: "shelf",
  };
  const running = new Set<Running>();
  const start: VolumeEstate["start"] = (args, more = {}) => {
    const one = startLifeboat([...args], { env: { ...env, ...more }, cwd: folder });
    running.add(one);
    void one.ended.finally(() => running.delete(one)).catch(() => undefined);
    return one;
  };
  const lifeboat: VolumeEstate["lifeboat"] = (args, more) => start(args, more).ended;
  let [taken, stands] = [0, 0];
  const estate: VolumeEstate = {
    engine,
    folder,
    home: home ?? "",
    backups: backups ?? "",
    env,
    lifeboat,
    start,
    fill: async (volume) => {
      await engine.docker("volume", "create", volume);
      await engine.inside(volume, FILL);
    },
    standIns: async (scripts) => {
      const bin = join(folder, `bin-${(stands += 1)}`);
      for (const [name, script] of Object.entries(scripts)) {
        await write(join(bin, name), script);
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: `${bin}:${engine.env["PATH"]}` };
    },
    backup: async (volume, format = "tar.gz") => {
      // A folder of its own: names carry seconds, and two backups may be taken within one.
      const place = join(folder, `taken-${(taken += 1)}`);
      const taker = join(folder, `taker-${taken}`);
      await write(
        join(taker, "shelf", "system.yaml"),
        SHELF_SYSTEM.replace("{timestamp}*", `{timestamp}.${format}`),
      );
      const more = { SHELF_VOLUME: volume, SHELF_BACKUPS: place, LIFEBOAT_RUNBOOKS: taker };
      const ran = await lifeboat(["backup", "shelf"], more);
      if (ran.code !== 0) throw new Error(`backup: ${ran.stdout}${ran.stderr}`);
      return ran.stdout.split("\n")[0] ?? "";
    },
    restore: (volume, args, more) => {
      const isOther = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      const live = isOther ? [] : ["--live", "--confirm", volume];
      return lifeboat(["run", "shelf", "lost", ...live, ...args], { SHELF_VOLUME: volume, ...more });
    },
    tree: (volume) => treeOf(engine.pathOf(volume)),
    volumes: async () => (await engine.docker("volume", "ls", "-q")).split("\n").filter(Boolean).toSorted(),
    running: async () =>
      (await engine.docker("ps", "--format", "{{.Names}}")).split("\n").filter(Boolean).toSorted(),
    writeRunbook: (name, yaml) => write(join(runbooks ?? "", "shelf", `${name}.yaml`), yaml),
    writeSystem: (yaml) => write(join(runbooks ?? "", "shelf", "system.yaml"), yaml),
    runs: async () => (await readdir(join(home ?? "", "runs")).catch(() => [])).toSorted().toReversed(),
    stop: async () => {
      for (const one of running) one.kill("SIGTERM");
      await Promise.allSettled([...running].map((one) => one.ended));
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await mkdir(estate.home);
    await estate.writeSystem(SHELF_SYSTEM);
    await estate.writeRunbook("lost", SHELF_RUNBOOK);
  } catch (error) {
    await estate.stop();
    throw error;
  }
  return estate;
}
