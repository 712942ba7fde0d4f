import { type Hop, wayWords } from "../step/hop.ts";
import { hostSecretKey, type Services } from "./host-kinds/declaration.ts";
import { hostDeclarationOf } from "./host-kinds/registry.ts";
import { isRecord, recordOf, textOf } from "./raw.ts";

/** A host, resolved: how commands get there. Holds no secret. */
export interface Place {
  id: string;
  kind: string;
  /** For people: "container vizora-redis on deploy@db1". */
  words: string;
  /** The whole way, outermost first, [] for this machine; undefined where no command can run, only services be controlled. */
  hops: readonly Hop[] | undefined;
  /** The way to where the program that leads there (docker, kubectl …) is run. */
  outer: readonly Hop[];
  services: Services;
  /** Folder there for what a run has to put there. */
  tmp?: string;
  /** Folders there to look for programs in first. */
  path: readonly string[];
  /** `tmp` and `path` of the host where the program that leads there is run. */
  outerTmp?: string;
  outerPath?: readonly string[];
}

export const LOCAL: Place = {
  id: "local",
  kind: "local",
  words: "this machine",
  hops: [],
  outer: [],
  services: {},
  path: [],
};

/** Keys that belong to one host alone and are not taken over by `of`. */
const OWN_KEYS = new Set(["title", "service", "number", "pod", "selector", "container", "of"]);
/** How deep `of` and `on` may go; circles are told by lint. */
const DEEPEST = 5;

/** The host as it is when what it takes from another one by `of` is filled in. Of a file that may still be invalid. */
export function filledIn(
  hosts: Readonly<Record<string, unknown>>,
  id: string,
  depth = 0,
): Record<string, unknown> {
  const own = recordOf(hosts[id]);
  const of = textOf(own["of"]);
  if (of === undefined || depth > DEEPEST) return own;
  const from = filledIn(hosts, of, depth + 1);
  const taken = Object.entries(from).filter(([key]) => !OWN_KEYS.has(key));
  const env = { ...recordOf(from["env"]), ...recordOf(own["env"]) };
  return { ...Object.fromEntries(taken), ...own, ...(Object.keys(env).length === 0 ? {} : { env }) };
}

/** Every host whose settings fit their schema; `local` is always there. `hosts` as the file has them, variables put in. */
export function placesOf(hosts: Readonly<Record<string, unknown>>): Map<string, Place> {
  const places = new Map<string, Place>([["local", LOCAL]]);
  for (const id of Object.keys(hosts)) {
    const place = placeOf(hosts, id, 0);
    if (place) places.set(id, place);
  }
  return places;
}

function placeOf(hosts: Readonly<Record<string, unknown>>, id: string, depth: number): Place | undefined {
  if (id === "local" && !isRecord(hosts[id])) return LOCAL;
  const raw = filledIn(hosts, id);
  const declaration = hostDeclarationOf(raw["kind"]);
  const parsed = declaration?.schema.safeParse(raw);
  if (!declaration || parsed?.success !== true || depth > DEEPEST) return undefined;
  const on = textOf(raw["on"]);
  const below = on === undefined ? LOCAL : placeOf(hosts, on, depth + 1);
  if (below?.hops === undefined) return undefined;
  const env = Object.keys(recordOf(raw["env"]));
  const secrets = Object.fromEntries(env.map((name) => [name, hostSecretKey(id, name)]));
  const own = declaration.hops(parsed.data, secrets);
  const hops = own === undefined ? undefined : [...below.hops, ...own];
  const settings = recordOf(parsed.data);
  const tmp = textOf(settings["tmp"]);
  return {
    id,
    kind: String(raw["kind"]),
    words: textOf(settings["title"]) ?? wordsOf(id, below, hops),
    hops,
    outer: below.hops,
    services: declaration.services(parsed.data, secrets),
    ...(tmp === undefined ? {} : { tmp }),
    path: Array.isArray(raw["path"]) ? raw["path"].map(String) : [],
    ...(below.tmp === undefined ? {} : { outerTmp: below.tmp }),
    outerPath: below.path,
  };
}

function wordsOf(id: string, below: Place, hops: readonly Hop[] | undefined): string {
  if (hops !== undefined) return wayWords(hops);
  return below.hops?.length === 0 ? id : `${id} on ${below.words}`;
}

/** What the hosts' `env` hold, by vault key. */
export function hostSecrets(hosts: Readonly<Record<string, unknown>>): Map<string, string> {
  const found = new Map<string, string>();
  for (const id of Object.keys(hosts))
    for (const [name, value] of Object.entries(recordOf(filledIn(hosts, id)["env"])))
      if (typeof value === "string") found.set(hostSecretKey(id, name), value);
  return found;
}
