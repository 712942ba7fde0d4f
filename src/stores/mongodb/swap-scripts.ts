import { LISTED } from "./facts-script.ts";
import type { RestoreNames } from "./names.ts";

const json = (value: unknown): string => JSON.stringify(value);

/**
 * How the state of a swap is told at any time: by the names that are there and by the uuid of each collection, which it
 * keeps when it is renamed. Renaming within a database moves nothing, and only to a free name: without dropTarget no
 * data can be lost by it. (Renaming to another database copies; FerretDB refuses it.)
 */
const common = (names: RestoreNames): string => `${LISTED}
const COPY = ${json(names.copy)}, KEPT = ${json(names.kept)}, BETWEEN = ${json(names.between)};
const marks = db.getCollection(${json(names.marks)});
const now = () => new Map(listed(db).map(({ name, uuid }) => [name, uuid]));
const rename = (from, to) => {
  db.adminCommand({ renameCollection: db.getName() + "." + from, to: db.getName() + "." + to });
  print(from + " is now " + to);
};
const between = (name) => {
  const there = now();
  let to = name + BETWEEN;
  for (let more = 2; there.has(to); more += 1) to = name + BETWEEN + "_" + more;
  return to;
};
// An application may make a collection anew in the moment in which its name is free, again and again: that is kept, too.
const place = (from, name, away) => {
  for (let tries = 1; ; tries += 1) {
    try {
      if (now().has(name)) rename(name, away());
      rename(from, name);
      return;
    } catch (error) {
      if (error.codeName !== "NamespaceExists" || tries === ${TRIES}) throw error;
    }
  }
};`;

/** FerretDB takes some milliseconds for a rename, in which a busy writer gets its turn more often than not (measured). */
const TRIES = 100;

/**
 * Puts every restored collection in the place of the live one, which gets a name of its own and stays. What is to be done
 * is written down before the first rename; made again after an interruption it goes on where it was.
 */
export function swapScript(names: RestoreNames, run: string, aside: readonly string[] | undefined): string {
  return `${common(names)}
const loaded = marks.findOne({ _id: "load" });
if (loaded === null || loaded.state !== "restored" || loaded.run !== ${json(run)})
  throw new Error("the copy is not there or was not restored by this run");
if (marks.findOne({ _id: "swap" }) === null) {
  const there = now();
  const copies = [...there.keys()].filter((name) => name.endsWith(COPY)).map((name) => name.slice(0, -COPY.length));
  if (copies.length === 0) throw new Error("there is no restored collection to put in place");
  const moves = copies.map((name) => ({ name, copy: there.get(name + COPY), old: there.get(name) ?? null }));
  const aside = ${json(aside ?? [])}.filter((name) => there.has(name));
  marks.insertOne({ _id: "swap", moves: [...moves, ...aside.map((name) => ({ name, copy: null, old: there.get(name) }))] });
}
for (const { name, copy } of marks.findOne({ _id: "swap" }).moves) {
  const there = now();
  const away = () => (now().has(name + KEPT) ? between(name) : name + KEPT);
  if (copy === null) {
    if (there.has(name)) rename(name, away());
  } else if (there.get(name) !== copy) {
    if (there.get(name + COPY) !== copy) throw new Error("the restored copy of " + name + " is not there any more");
    place(name + COPY, name, away);
  }
}`;
}

/** Puts the old collections back from whatever state a swap, or a crash in one, has left. Safe to run again. */
export function unswapScript(names: RestoreNames): string {
  return `${common(names)}
const swapped = marks.findOne({ _id: "swap" });
if (swapped === null && [...now().keys()].some((name) => name.endsWith(KEPT)))
  throw new Error("what was swapped is not known any more: the collection " + marks.getName() + " is gone");
for (const { name, copy, old } of swapped === null ? [] : swapped.moves) {
  const there = now();
  if (old !== null && there.get(name) === old) continue;
  if (old !== null && !there.has(name + KEPT)) throw new Error("the old data is not there any more: no collection " + name + KEPT);
  if (old !== null) place(name + KEPT, name, () => (now().get(name) === copy ? name + COPY : between(name)));
  else if (there.get(name) === copy) rename(name, name + COPY);
}`;
}

/** Lines that set `placed` and `untouched`: how many of the moves are done, and not begun. */
const counted = (names: RestoreNames): string => `${common(names)}
const swapped = marks.findOne({ _id: "swap" });
const moves = swapped === null ? [] : swapped.moves;
const there = now();
const placed = moves.filter(({ name, copy, old }) =>
  (copy === null ? !there.has(name) || there.get(name) !== old : there.get(name) === copy) && (old === null || there.has(name + KEPT))).length;
const untouched = moves.filter(({ name, copy, old }) =>
  (copy === null || there.get(name + COPY) === copy) && (there.get(name) ?? null) === old && !there.has(name + KEPT)).length;`;

export function swapProbe(names: RestoreNames): string {
  return `${counted(names)}
print(untouched === moves.length ? "NOT DONE" : placed === moves.length ? "DONE" : "PARTLY");`;
}

/** The number of collections that are not in place, or whose old data is not kept. */
export function notPlacedScript(names: RestoreNames): string {
  return `${counted(names)}
print(moves.length === 0 ? "nothing was swapped" : moves.length - placed);`;
}

/** Drops what the swap kept, and the marks of the run. */
export function dropKeptScript(names: RestoreNames): string {
  return `for (const name of db.getCollectionNames())
  if (name.endsWith(${json(names.kept)}) || name === ${json(names.marks)}) db.getCollection(name).drop();
for (const name of db.getCollectionNames())
  if (name.includes(${json(names.between)})) print(name + " holds what was written during the swap: look at it, then drop it");`;
}
