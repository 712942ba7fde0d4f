import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import type { Action, ServicesVerb } from "../shell/action.ts";
import { candidateOf } from "../found/candidate.ts";
import type { WrittenStore } from "../system-draft.ts";
import type { ActionPiece, Piece } from "./piece.ts";

/** A restore with everything of the procedure that it stands for. */
export interface Restore {
  store: WrittenStore;
  /** The piece at whose place it stands: the last load of this store. */
  at: ActionPiece;
  parts: { piece: ActionPiece; does: string }[];
  tables: string[];
}

/** Which pieces a restore takes over: other loads of the same store, and the parts that Lifeboat does itself. */
export function restoresOf(
  pieces: readonly Piece[],
  stores: readonly WrittenStore[],
): Map<ActionPiece, Restore> {
  const actions = pieces.filter((piece): piece is ActionPiece => piece.kind === "action");
  const restores = new Map<string, Restore>();
  for (const piece of actions) {
    if (piece.action.kind !== "restore") continue;
    const candidate = candidateOf(
      stores.map((one) => one.candidate),
      piece.action.store,
    );
    const store = stores.find((one) => one.candidate === candidate);
    if (store === undefined) continue;
    const restore: Restore = { store, at: piece, parts: [], tables: [] };
    // A test restore into another database stays a step of its own.
    const key = `${store.candidate.name} ${intoOf(restore) ?? ""}`;
    const before = restores.get(key);
    if (before === undefined) restores.set(key, restore);
    else before.parts.push({ piece, does: "loads more of it" });
  }
  const taken = new Map<ActionPiece, Restore>();
  for (const restore of restores.values()) {
    taken.set(restore.at, restore);
    for (const { piece } of restore.parts) taken.set(piece, restore);
  }
  for (const [at, piece] of actions.entries()) {
    const part = partOf(piece.action, [...restores.values()]);
    const restore = part === undefined ? undefined : nearest(actions, at, part.of, [...restores.values()]);
    if (part === undefined || restore === undefined || taken.has(piece)) continue;
    if (
      piece.action.kind === "services" &&
      !isFor(restore, piece.action.does, actions, at, [...restores.values()])
    )
      continue;
    restore.parts.push({ piece, does: part.does });
    taken.set(piece, restore);
  }
  for (const piece of actions)
    if (piece.action.kind === "query") addTables(piece.action, [...restores.values()]);
  return taken;
}

function addTables(
  { store, tables }: Extract<Action, { kind: "query" }>,
  restores: readonly Restore[],
): void {
  const candidate = candidateOf(
    restores.map((restore) => restore.store.candidate),
    store,
  );
  restores.find((restore) => restore.store.candidate === candidate)?.tables.push(...tables);
}

/** Servers that Lifeboat's own restore stops and starts, or needs running. */
const STOPPED_BY_ITSELF: readonly StoreKindName[] = ["redis", "influxdb"];

function partOf(
  action: Action,
  restores: readonly Restore[],
): { of?: StoreKindName; does: string } | undefined {
  if (action.kind === "part") return action;
  if (action.kind !== "services" || action.names.length !== 1) return undefined;
  const [name = ""] = action.names;
  const restore = restores.find(({ store: { candidate } }) => {
    const own = [
      candidate.service?.name,
      candidate.service?.container,
      ...candidate.said.flatMap((one) =>
        (one.places ?? []).map((place) =>
          "container" in place ? place.container : "service" in place ? place.service : undefined,
        ),
      ),
    ];
    const bare = name.replace(/^\w+\//, "").replace(/\.service$/, "");
    return (
      STOPPED_BY_ITSELF.includes(candidate.kind) &&
      (own.includes(name) || bare.includes(candidate.kind.replace("db", "")))
    );
  });
  return restore === undefined
    ? undefined
    : { of: restore.store.candidate.kind, does: "stops and starts the server" };
}

/** The restore a part belongs to: of its kind, else the next one, else the one before. */
function nearest(
  actions: readonly ActionPiece[],
  at: number,
  of: StoreKindName | undefined,
  restores: readonly Restore[],
): Restore | undefined {
  const fitting = restores.filter((restore) => of === undefined || restore.store.candidate.kind === of);
  const places = fitting
    .map((restore) => ({ restore, at: actions.indexOf(restore.at) }))
    .toSorted((a, b) => a.at - b.at);
  return (places.find((place) => place.at >= at) ?? places.at(-1))?.restore;
}

/** Whether a restore is what a server is stopped for, or started after: no other restore lies between. */
function isFor(
  restore: Restore,
  does: ServicesVerb,
  actions: readonly ActionPiece[],
  at: number,
  restores: readonly Restore[],
): boolean {
  const places = restores.map((one) => actions.indexOf(one.at)).toSorted((a, b) => a - b);
  const [before, after] = [places.findLast((place) => place < at), places.find((place) => place > at)];
  const near = does === "stop" ? (after ?? before) : (before ?? after);
  return near !== undefined && actions[near] === restore.at;
}

const isName = (name: unknown): name is string =>
  typeof name === "string" && /^[A-Za-z_]\w*$/.test(name) && name !== "postgres";

/** A test restore: the procedure loads into another database than the store's. */
export function intoOf({ store, at }: Restore): string | undefined {
  const own = store.fields["database"];
  const wanted = at.action.kind === "restore" ? at.action.store.subject : undefined;
  return isName(own) && isName(wanted) && own !== wanted ? wanted : undefined;
}
