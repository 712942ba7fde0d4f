import { execFileSync } from "node:child_process";
import { readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openVolumeEstate, type Tree, treeOf, type VolumeEstate } from "../../helpers/volume-estate.ts";
import type { ChaosPlace, ChaosStore, SeenEffect } from "../chaos-store.ts";
import { look, same, seen } from "../look.ts";
import { openOwnHome } from "../own-home.ts";
import type { Way } from "../points.ts";

interface Ground {
  estate: VolumeEstate;
  backup: string;
  held: Tree;
}

/** Every place has a volume of its own, which two containers use; at every third its content is copied, not moved. */
export async function openChaosVolume(): Promise<ChaosStore> {
  const estate = await openVolumeEstate();
  await estate.fill("origin");
  const backup = await estate.backup("origin");
  const ground: Ground = { estate, backup, held: estate.tree("origin") };
  return { place: (n) => layPlace(ground, n), stop: () => estate.stop() };
}

/** What happened since the backup: a restore loses it, an undo brings it back. */
function change(root: string): void {
  writeFileSync(join(root, ".late"), "written since");
  writeFileSync(join(root, "pages", "1"), "overwritten");
  unlinkSync(join(root, "pages", "5"));
}

async function layPlace(ground: Ground, n: number): Promise<ChaosPlace> {
  const { estate, backup } = ground;
  const { engine } = estate;
  const volume = `shelf${n}`;
  const users = [`web${n}`, `worker${n}`];
  const args = n % 3 === 0 ? ["--strategy", "replace"] : [];
  const env = { SHELF_VOLUME: volume };
  const own = await openOwnHome(estate, { n, confirm: volume, backup, args, env });
  await engine.docker("volume", "create", volume);
  const root = dirname(dirname(engine.pathOf(volume)));
  execFileSync("cp", ["-a", `${engine.pathOf("origin")}/.`, engine.pathOf(volume)]);
  change(engine.pathOf(volume));
  for (const name of users) await engine.consumer(name, volume);
  const before = estate.tree(volume);

  /** On the engine's disk, whatever docker knows of them: the live one first, then those of the run. */
  const folders = (): string[] =>
    readdirSync(root).filter((name) => name === volume || name.startsWith(`${volume}__`));
  /** undefined while it is being moved. */
  const tree = (name: string): Tree | undefined => {
    try {
      return treeOf(join(root, name, "_data"));
    } catch {
      return undefined;
    }
  };
  const idle = async (): Promise<string[]> => {
    const running = await estate.running();
    return users.filter((name) => !running.includes(name));
  };
  return {
    ...own,
    wholeCopy: () => look(async () => folders().find((name) => same(tree(name), before))),
    effects: async () => effectsOf(volume, folders(), tree, await idle()),
    wrongAtTheEnd: async (way) => {
      // Of a copied content there is a mark that the copy was proven, which is as much as nothing.
      const kept = folders().filter(
        (name) => name !== volume && !(way === "resume" && name.endsWith(".proven")),
      );
      return [
        ...wrongFolders(ground, { volume, way, before, kept, tree }),
        ...(await idle()).map((name) => `${name} does not run`),
        ...(await wrongSeen(ground, way, users)),
        ...(await helpersOf(ground, volume)),
      ];
    },
    clear: async () => {
      await engine.docker("rm", "-f", ...users);
      for (const name of folders()) await engine.docker("volume", "rm", name);
      await own.clear();
    },
  };
}

function effectsOf(
  volume: string,
  folders: readonly string[],
  tree: (name: string) => Tree | undefined,
  idle: readonly string[],
): SeenEffect[] {
  const copy = folders.find((name) => name.startsWith(`${volume}__restore_`));
  const kept = folders.some((name) => name.startsWith(`${volume}__before_`));
  const filled = copy !== undefined && Object.keys(tree(copy) ?? {}).length > 1;
  return [
    ...seen(copy !== undefined, "a copy exists", "restore.create"),
    ...seen(filled, "something is in the copy", "restore.load"),
    ...seen(kept, "a kept volume exists", "restore.swap"),
    ...seen(idle.length > 0, `stopped: ${idle.join(", ")}`, "restore.swap"),
  ];
}

interface Ending {
  volume: string;
  way: Way;
  before: Tree;
  kept: readonly string[];
  tree(name: string): Tree | undefined;
}

function wrongFolders({ held }: Ground, { volume, way, before, kept, tree }: Ending): string[] {
  const problems: string[] = [];
  const wanted = way === "resume" ? held : before;
  if (!same(tree(volume), wanted)) problems.push(`the live volume holds ${JSON.stringify(tree(volume))}`);
  const isRight = way === "undo" ? kept.length === 0 : kept.length === 1 && kept[0]?.includes("__before_");
  if (isRight !== true)
    problems.push(`volumes of the run: ${kept.join(", ") || "none, the old data is gone"}`);
  for (const name of kept)
    if (!same(tree(name), before)) problems.push(`${name} is not the data from before`);
  return problems;
}

/** A container has the folder it was started with: it has to be the one that is live now. */
async function wrongSeen({ estate }: Ground, way: Way, users: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const name of users) {
    const page = await estate.engine.docker("exec", name, "cat", "/volume/pages/1").catch(String);
    if (page !== (way === "resume" ? "page 1" : "overwritten")) problems.push(`${name} sees "${page}"`);
  }
  return problems;
}

async function helpersOf({ estate }: Ground, volume: string): Promise<string[]> {
  const format = "{{.Names}} {{.Mounts}} {{.Status}}";
  const all = await estate.engine.docker(
    "ps",
    "-a",
    "--no-trunc",
    "--filter",
    "label=lifeboat.run",
    "--format",
    format,
  );
  const own = all.split("\n").filter((line) => new RegExp(`\\b${volume}(__|\\b)`).test(line));
  return own.map((line) => `a helper is left: ${line}`);
}
