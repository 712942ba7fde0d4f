import { didYouMean } from "../base/suggest.ts";
import { hostDeclarationOf } from "./host-kinds/registry.ts";
import { filledIn } from "./place.ts";
import type { Problem } from "./problem.ts";
import { recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import type { DocPath } from "./source-document.ts";
import { declarationOf } from "./store-kinds/registry.ts";

/** What one may lie on: a program that leads on has to run there, and ssh over ssh is what `jump` is for. */
const MAY_BE_ON = ["local", "ssh"];

/** What holds between hosts. Runs on files with other errors too. */
export function crossCheckHosts(file: Resolved): Problem[] {
  const hosts = recordOf(recordOf(file.value)["hosts"]);
  return Object.keys(hosts).flatMap((id) => hostProblems(file, hosts, id));
}

function hostProblems(file: Resolved, hosts: Record<string, unknown>, id: string): Problem[] {
  const { document } = file;
  const host = recordOf(hosts[id]);
  const path = ["hosts", id];
  const kind = textOf(host["kind"]);
  const at = (key: string, says: string): Problem[] =>
    file.isOpen([...path, key])
      ? []
      : [
          document.problem(
            host[key] === undefined ? document.keyAt(path) : document.valueAt([...path, key]),
            says,
          ),
        ];
  if (id === "local" && kind !== undefined && kind !== "local")
    return at("kind", '"local" is this machine and cannot be anything else: give this host another name');
  // The program that asks for it would get it by ssh's argv, or not at all.
  if (
    host["env"] !== undefined &&
    kind === "kubernetes" &&
    (textOf(filledIn(hosts, id)["on"]) ?? "local") !== "local"
  )
    return at("env", "kubectl on another machine has that machine's own environment: set it there");
  const own = hostDeclarationOf(kind)?.problems?.(filledIn(hosts, id)) ?? [];
  const found = own.flatMap((problem) => at(problem.at, problem.says));
  return [...found, ...reference(hosts, id, "of", at), ...reference(hosts, id, "on", at)];
}

function reference(
  hosts: Record<string, unknown>,
  id: string,
  key: "of" | "on",
  at: (key: string, says: string) => Problem[],
): Problem[] {
  const host = recordOf(hosts[id]);
  const name = textOf(host[key]);
  if (name === undefined) return [];
  const known = [...new Set(["local", ...Object.keys(hosts)])].filter((one) => one !== id);
  if (name !== id && !known.includes(name))
    return at(key, `unknown host "${name}"${didYouMean(name, known)}`);
  if (isCircle(hosts, id, key))
    return at(key, `these hosts refer to each other by "${key}", beginning with "${id}"`);
  const kind = textOf(recordOf(hosts[name])["kind"]) ?? "local";
  if (key === "of" && kind !== host["kind"])
    return at(key, `"${name}" is of kind ${kind}: keys are only taken from a host of the same kind`);
  if (key === "on" && !MAY_BE_ON.includes(kind))
    return at(key, `"${name}" is of kind ${kind}: a host can lie on ${MAY_BE_ON.join(" or ")} only`);
  return [];
}

function isCircle(hosts: Record<string, unknown>, id: string, key: "of" | "on"): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined; at = textOf(recordOf(hosts[at])[key])) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}

/** The host a store says it is on. */
export function storeHostProblems(
  file: Resolved,
  path: DocPath,
  store: Readonly<Record<string, unknown>>,
  hosts: Readonly<Record<string, unknown>>,
): Problem[] {
  const id = textOf(store["host"]);
  if (id === undefined || file.isOpen(path)) return [];
  const says = (words: string): Problem[] => [file.document.problem(file.document.valueAt(path), words)];
  const known = [...new Set(["local", ...Object.keys(hosts)])];
  if (!known.includes(id)) return says(`unknown host "${id}"${didYouMean(id, known)}`);
  const kind = textOf(store["kind"]);
  const because = declarationOf(kind)?.localBecause;
  const isLocal = (textOf(recordOf(hosts[id])["kind"]) ?? "local") === "local";
  if (because !== undefined && !isLocal)
    return says(`a ${kind} store has no host besides this machine: ${because}`);
  return noPlace(hosts, id).flatMap(says);
}

/** Why no command can run on a host that is known: it is a project or a namespace, where only services are controlled. */
export function noPlace(hosts: Readonly<Record<string, unknown>>, id: string): string[] {
  const host = filledIn(hosts, id);
  const missing: Record<string, readonly string[]> = {
    docker: ["container"],
    compose: ["service"],
    kubernetes: ["pod", "selector"],
  };
  const keys = missing[textOf(host["kind"]) ?? ""] ?? [];
  if (keys.length === 0 || keys.some((key) => host[key] !== undefined)) return [];
  return [`no command can run on "${id}": it has no ${keys.map((key) => `"${key}"`).join(" or ")}`];
}
