/** get, logs, config: what only looks. */
import {
  findKind,
  findObject,
  type Kind,
  type KubeObject,
  labelsOf,
  listObjects,
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

/** `deployment/redis`, `deployment redis`: what the words name. Throws as kubectl does when it is not there. */
export function named(state: State, words: Words): KubeObject[] {
  const [first = "", ...rest] = words.names;
  const pairs = words.names.some((name) => name.includes("/"))
    ? words.names.map((name) => name.split("/", 2))
    : rest.map((name) => [first, name]);
  return pairs.map(([word = "", name = ""]) => {
    const kind = kindOf(word);
    const found = findObject(state, kind, namespaceOf(words), name);
    if (found === undefined) throw new Said(notFound(kind, name));
    return found;
  });
}

export function notFound({ plural, apiVersion }: Kind, name: string): string {
  const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
  return `Error from server (NotFound): ${plural}${group} "${name}" not found`;
}

/** What `get` prints on stdout. */
export function get(state: State, words: Words): string {
  const [first = ""] = words.names;
  const byName = words.names.length > 1 || first.includes("/");
  const found = byName ? named(state, words) : listed(state, words, first);
  const output = words.flags.get("output");
  if (output === "name")
    return found.map((one) => `${kindOf(one.kind).singular}/${one.metadata.name}\n`).join("");
  if (output !== "json")
    throw new Said(`error: the stand-in kubectl prints json or name, not ${output ?? "tables"}`);
  const [only] = found;
  const printed =
    byName && found.length === 1 && only !== undefined
      ? only
      : { apiVersion: "v1", kind: "List", metadata: { resourceVersion: "" }, items: found };
  return `${JSON.stringify(printed, null, 4)}\n`;
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
