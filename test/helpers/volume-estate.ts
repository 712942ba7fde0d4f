import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { type DockerOptions, startDocker, type TestDocker } from "./docker.ts";
import type { Ran } from "./lifeboat.ts";
import { openOperator, type Operator } from "./operator.ts";

/** Path → kind, mode, owner, size, time and content, as an independent eye finds them on the engine's disk. */
export type Tree = Record<string, string>;

/**
 * An engine, and the system `shelf` whose store `files` is a volume of it. `SHELF_VOLUME` and `SHELF_BACKUPS` tell the
 * program about it; a test may give other values.
 */
export interface VolumeEstate extends Operator {
  engine: TestDocker;
  /** A volume with one of everything that a backup has to carry. */
  fill(volume: string): Promise<void>;
  /** Takes a backup of a volume by the program itself, with manifest; its path. */
  backup(volume: string, format?: "tar" | "tar.gz" | "tar.zst"): Promise<string>;
  /** Runs the runbook `lost` on a volume, live and confirmed unless `args` name another mode. */
  restore(volume: string, args: readonly string[], env?: Record<string, string>): Promise<Ran>;
  tree(volume: string): Tree;
  volumes(): Promise<string[]>;
  /** Names of running containers, sorted. */
  running(): Promise<string[]>;
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

const at = (volume: string): Record<string, string> => ({ SHELF_VOLUME: volume });

/** Starts it all. Call stop() in afterAll. */
export async function openVolumeEstate(options: DockerOptions = {}): Promise<VolumeEstate> {
  const engine = await startDocker(options);
  const folder = await mkdtemp("/tmp/lifeboat-volume-");
  const operator = await openOperator({
    folder,
    system: "shelf",
    files: { system: SHELF_SYSTEM, lost: SHELF_RUNBOOK },
    backups: "SHELF_BACKUPS",
    env: { ...engine.env, HOME: folder, ...at("shelf") },
    end: () => engine.stop(),
  });
  const listed = async (...args: string[]): Promise<string[]> =>
    (await engine.docker(...args)).split("\n").filter(Boolean).toSorted();
  return {
    ...operator,
    engine,
    fill: async (volume) => {
      await engine.docker("volume", "create", volume);
      await engine.inside(volume, FILL);
    },
    backup: (volume, format = "tar.gz") =>
      operator.takeBackup({
        yaml: SHELF_SYSTEM.replace("{timestamp}*", `{timestamp}.${format}`),
        env: at(volume),
      }),
    restore: (volume, args, more) => operator.runLost(volume, args, { ...at(volume), ...more }),
    tree: (volume) => treeOf(engine.pathOf(volume)),
    volumes: () => listed("volume", "ls", "-q"),
    running: () => listed("ps", "--format", "{{.Names}}"),
  };
}
