/** scale, annotate, rollout, apply, delete: what changes objects. */
import { z } from "zod";
import { changed, findObject, objectSchema, replicasOf, type State, touched } from "./cluster.ts";
import { endPod, restart } from "./controllers.ts";
import { kindOf, named, namespaceOf, titleOf } from "./look.ts";
import { Said, type Words } from "./words.ts";

export function scale(state: State, words: Words): string {
  const replicas = Number(words.flags.get("replicas"));
  if (!Number.isInteger(replicas)) throw new Said('Error: required flag(s) "replicas" not set');
  const expected = words.flags.get("current-replicas");
  const found = named(state, words);
  for (const one of found) {
    const current = replicasOf(one);
    if (expected !== undefined && Number(expected) !== -1 && current !== Number(expected))
      throw new Said(`error: Expected replicas to be ${expected}, was ${current}`);
    one.spec["replicas"] = replicas;
    if (current !== replicas) changed(one);
  }
  return found.map((one) => `${titleOf(one)} scaled\n`).join("");
}

const isPair = (word: string): boolean => word.includes("=") || word.endsWith("-");

/** `k=v` sets, `k-` removes. */
export function annotate(state: State, words: Words): string {
  const pairs = words.names.filter(isPair);
  const found = named(state, { ...words, names: words.names.filter((word) => !isPair(word)) });
  for (const one of found) {
    const { annotations } = one.metadata;
    for (const pair of pairs) {
      const [key = "", ...value] = pair.split("=");
      if (value.length === 0) delete annotations[key.slice(0, -1)];
      else if (annotations[key] !== undefined && words.flags.get("overwrite") !== "true")
        throw new Said(
          `error: --overwrite is false but found the following declared annotation(s): '${key}' already has a value (${annotations[key]})`,
        );
      else annotations[key] = value.join("=");
    }
    touched(one);
  }
  return found.map((one) => `${titleOf(one)} annotated\n`).join("");
}

export function rolloutRestart(state: State, words: Words): string {
  const found = named(state, words);
  for (const one of found) restart(one, Date.now());
  return found.map((one) => `${titleOf(one)} restarted\n`).join("");
}

/** What `rollout status` says of it, and whether it is over. */
export function rollout(state: State, words: Words): { said: string; over: boolean } {
  const [one] = named(state, words);
  if (one === undefined) throw new Said("error: required resource not specified");
  const { kind, metadata, status } = one;
  const count = (name: string): number => Number(status[name] ?? 0);
  const wanted = replicasOf(one);
  if (kind === "Deployment") {
    const about = `deployment "${metadata.name}"`;
    const wait = (left: string) => ({
      said: `Waiting for ${about} rollout to finish: ${left}\n`,
      over: false,
    });
    if (count("replicas") > wanted)
      return wait(`${count("replicas") - wanted} old replicas are pending termination...`);
    if (count("availableReplicas") < wanted)
      return wait(`${count("availableReplicas")} of ${wanted} updated replicas are available...`);
    return { said: `${about} successfully rolled out\n`, over: true };
  }
  const left = wanted - count("readyReplicas");
  if (left > 0 || count("replicas") > wanted)
    return { said: `Waiting for ${left} pods to be ready...\n`, over: false };
  const revision = String(status["updateRevision"]);
  return {
    said: `statefulset rolling update complete ${wanted} pods at revision ${revision}...\n`,
    over: true,
  };
}

/** Objects as JSON; a List's one by one. */
export function apply(state: State, words: Words, text: string): string {
  const list = z.looseObject({ kind: z.literal("List"), items: z.array(z.unknown()) });
  const given: unknown = JSON.parse(text);
  const parsed = list.safeParse(given);
  const said: string[] = [];
  for (const raw of parsed.success ? parsed.data.items : [given]) {
    const fresh = objectSchema.parse(raw);
    fresh.metadata.namespace ??= namespaceOf(words);
    const there = findObject(state, kindOf(fresh.kind), fresh.metadata.namespace, fresh.metadata.name);
    if (there === undefined) state.objects.push(fresh);
    else {
      Object.assign(there.metadata.labels, fresh.metadata.labels);
      Object.assign(there.metadata.annotations, fresh.metadata.annotations);
      there.spec = { ...there.spec, ...fresh.spec };
      changed(there);
    }
    said.push(`${titleOf(there ?? fresh)} ${there === undefined ? "created" : "configured"}\n`);
  }
  return said.join("");
}

export function remove(state: State, words: Words): string {
  const found = named(state, words);
  for (const one of found) {
    if (one.kind === "Pod") endPod(state, one, Date.now());
    else state.objects = state.objects.filter((other) => other !== one);
  }
  return found.map((one) => `${titleOf(one).replace("/", ' "')}" deleted\n`).join("");
}
