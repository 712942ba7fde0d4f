import { type MongoEstate, openMongoEstate } from "../../helpers/mongodb-estate.ts";
import type { ChaosPlace, ChaosStore, SeenEffect } from "../chaos-store.ts";
import { look, seen } from "../look.ts";
import { openOwnHome } from "../own-home.ts";

const RUNBOOK = `title: Swept
scenario: under the kill sweep
steps:
  - { id: restore, kind: restore, store: analytics }
`;

/** Collection → what is in it. */
type Contents = Record<string, string>;

/** One server; each place has a database of its own and restores into it a backup from before its last changes. */
export async function openChaosMongodb(): Promise<ChaosStore> {
  const estate = await openMongoEstate();
  try {
    await estate.writeRunbook("swept", RUNBOOK);
    await estate.fill("vizora");
    const backup = await estate.backup("vizora");
    const held = await contentsOf(estate, "vizora");
    return { place: (n) => layPlace(estate, { n, backup, held }), stop: () => estate.stop() };
  } catch (error) {
    await estate.stop();
    throw error;
  }
}

interface Laid {
  n: number;
  backup: string;
  held: Contents;
}

async function contentsOf({ server }: MongoEstate, name: string): Promise<Contents> {
  return (await server.snapshot([name]))[name] ?? {};
}

async function layPlace(estate: MongoEstate, { n, backup, held }: Laid): Promise<ChaosPlace> {
  const name = `c${n}_vizora`;
  const own = await openOwnHome(estate, {
    n,
    confirm: name,
    backup,
    runbook: "swept",
    env: estate.at(name),
  });
  await estate.keepQuiet(own.home);
  const db = await estate.fill(name);
  // What happened since the backup: a restore loses it, an undo brings it back.
  await db.collection("customers").deleteMany({ _id: { $gte: 40 } });
  await db.collection("latest").drop();
  await db.collection("newer").insertOne({ _id: 1 });
  const before = await contentsOf(estate, name);
  const found = (): Promise<Contents> => contentsOf(estate, name);
  return {
    ...own,
    wholeCopy: () => look(async () => (isWhole(await found(), before) ? name : undefined)),
    effects: async () => (await look(async () => effectsIn(await found(), before))) ?? [],
    wrongAtTheEnd: async (way) => wrong(await found(), way === "undo" ? undefined : held, before),
    clear: async () => {
      await db.dropDatabase();
      await own.clear();
    },
  };
}

/** Every old collection is there with all it held, under its own name or the one it got at the swap. */
function isWhole(found: Contents, before: Contents): boolean {
  return Object.entries(before).every(([collection, content]) =>
    Object.entries(found).some(
      ([name, one]) => one === content && (name === collection || name.startsWith(`${collection}__before_`)),
    ),
  );
}

function effectsIn(found: Contents, before: Contents): SeenEffect[] {
  const names = Object.keys(found);
  return [
    ...seen(
      names.some((name) => name.startsWith("lifeboat__")),
      "the run has noted something in the database",
      "restore.load",
    ),
    ...seen(
      names.some((name) => name.includes("__restore_")),
      "restored collections lie beside",
      "restore.load",
    ),
    ...seen(
      names.some((name) => name.includes("__before_")),
      "old collections have been renamed",
      "restore.swap",
    ),
    ...seen(
      Object.entries(before).some(([collection, content]) => found[collection] !== content),
      "a live collection is gone or holds other data",
      "restore.swap",
    ),
  ];
}

/** `held`: what the backup holds, when it was taken to its end; undefined when it was taken back. */
function wrong(found: Contents, held: Contents | undefined, before: Contents): string[] {
  const tag = Object.keys(found)
    .find((name) => name.startsWith("lifeboat__"))
    ?.replace("lifeboat__", "");
  const kept = Object.entries(before)
    .filter(([name]) => held !== undefined && name in held)
    .map(([name, content]): [string, string] => [`${name}__before_${tag}`, content]);
  const wanted: Contents =
    held === undefined
      ? before
      : { ...before, ...held, ...Object.fromEntries(kept), [`lifeboat__${tag}`]: "any" };
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  return names.flatMap((name) => {
    if (wanted[name] === found[name] || (wanted[name] === "any" && found[name] !== undefined)) return [];
    return [`${name} should be ${wanted[name] ?? "absent"}, and is ${found[name] ?? "absent"}`];
  });
}
