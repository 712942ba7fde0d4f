/** get, logs, config: what only looks. */
import {
  findKind,
  findObject,
  type Kind,
  type KubeObject,
  labelsOf,
  listObjects,
  resourceOf,
  type State,
} from "./cluster.ts";
import { Said, type Words } from "./words.ts";

/** Which namespace the command is about; kubectl's own default. */
export const namespaceOf = ({ flags }: Words): string => flags.get("namespace") ?? "default";

export function kindOf(word: string): Kind {
  const kind = findKind(word);
  if (kind === undefined) throw new Said(`error: the server doesn't have a resource type "${word}"`);
  return kind;
}

/** `deployment/redis`, `deployment redis`: what the words name. Throws as kubectl does when one is not there. */
export function named(state: State, words: Words): KubeObject[] {
  const { found, missing } = byNames(state, words);
  if (missing.length > 0) throw new Said(missing.join("\n"));
  return found;
}

function byNames(state: State, words: Words): { found: KubeObject[]; missing: string[] } {
  const [first = "", ...rest] = words.names;
  const pairs = words.names.some((name) => name.includes("/"))
    ? words.names.map((name) => name.split("/", 2))
    : rest.map((name) => [first, name]);
  const all = pairs.map(([word = "", name = ""]) => {
    const kind = kindOf(word);
    return findObject(state, kind, namespaceOf(words), name) ?? notFound(kind, name);
  });
  return {
    found: all.filter((one) => typeof one !== "string"),
    missing: all.filter((one) => typeof one === "string"),
  };
}

export const notFound = (kind: Kind, name: string): string =>
  `Error from server (NotFound): ${resourceOf(kind)} "${name}" not found`;

/** What `get` prints on stdout. Of several names it prints those that are there, and says which are not. */
export function get(state: State, words: Words): string {
  const [first = ""] = words.names;
  const byName = words.names.length > 1 || first.includes("/");
  const { found, missing } = byName
    ? byNames(state, words)
    : { found: listed(state, words, first), missing: [] };
  if (words.flags.get("ignore-not-found") !== "true" && missing.length > 0) {
    if (found.length > 0) process.stdout.write(printed(found, byName, words));
    throw new Said(missing.join("\n"));
  }
  return byName && found.length === 0 ? "" : printed(found, byName, words);
}

function printed(found: readonly KubeObject[], byName: boolean, { names, flags }: Words): string {
  const output = flags.get("output");
  if (output === "name") return found.map((one) => `${titleOf(one)}\n`).join("");
  if (output !== "json")
    throw new Said(`error: the stand-in kubectl prints json or name, not ${output ?? "tables"}`);
  const [only] = found;
  const one = byName && (names.length === 2 || names[0]?.includes("/") === true) && found.length === 1;
  const list = { apiVersion: "v1", items: found, kind: "List", metadata: { resourceVersion: "" } };
  return `${JSON.stringify(one ? only : list, null, 4)}\n`;
}

/** deployment.apps/redis */
export function titleOf({ kind, metadata }: KubeObject): string {
  const known = kindOf(kind);
  return `${resourceOf(known).replace(known.plural, known.singular)}/${metadata.name}`;
}

function listed(state: State, words: Words, kinds: string): KubeObject[] {
  const labels = labelsOf(words.flags.get("selector") ?? "");
  const namespace = words.flags.has("all-namespaces") ? undefined : namespaceOf(words);
  return kinds.split(",").flatMap((word) => listObjects(state, kindOf(word), namespace, labels));
}

export function logs(state: State, words: Words): string {
  const [word = ""] = words.names;
  const [kind, name] = word.includes("/") ? word.split("/", 2) : ["pod", word];
  const of = findObject(state, kindOf(kind ?? ""), namespaceOf(words), name ?? "");
  if (of === undefined) throw new Said(notFound(kindOf(kind ?? ""), name ?? ""));
  const lines = (state.logs[of.metadata.name] ?? "").split("\n");
  const tail = Number(words.flags.get("tail") ?? -1);
  return (tail < 0 ? lines : lines.slice(-tail - 1)).join("\n");
}

export function config(state: State, words: Words): string {
  const [what] = words.names;
  if (what === "get-contexts") return state.contexts.map((name) => `${name}\n`).join("");
  if (what !== "current-context") throw new Said(`error: the stand-in kubectl has no config ${what ?? ""}`);
  if (state.current === undefined) throw new Said("error: current-context is not set");
  return `${state.current}\n`;
}
