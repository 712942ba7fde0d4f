import { z } from "zod";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Command } from "../step/command.ts";
import { type Hop, hopWords } from "../step/hop.ts";
import type { Identity } from "../step/identity.ts";
import type { Launch } from "./launcher.ts";
import { locate } from "./locate.ts";
import { NO_MASTERS } from "./ssh-master.ts";
import type { Located } from "./hops/located.ts";

const PATIENCE_MS = 30_000;

/**
 * Who the hosts of a way are: the engine, the container and its image, the cluster, the namespace and what owns the pod, the
 * machine behind ssh. A container made anew under the same name is another one; a pod is not, it changes at every start.
 * Throws LifeboatError when one of them is not there.
 */
export async function whoIsThere(hops: readonly Hop[], launch: Launch): Promise<Identity> {
  const identity: Identity = {};
  for (const [at, hop] of hops.entries()) {
    const outer = hops.slice(0, at);
    const on = outer.length === 0 ? {} : { on: [...outer] };
    const ask = async (command: Command): Promise<string> => {
      const { on: _here, ...plain } = command;
      const result = await launch(
        { ...plain, ...on },
        { effect: "reads", signal: AbortSignal.timeout(PATIENCE_MS) },
      );
      if (result.exit === 0 && result.transport === undefined) return result.stdout;
      throw notAsked(hop, result.transport?.what ?? result.stderr.trim());
    };
    if (hop.via === "sudo") continue;
    if (hop.via === "ssh") Object.assign(identity, await machine(hops.slice(0, at + 1), launch));
    else Object.assign(identity, await inner(await locate(hop, outer, ask, NO_MASTERS), ask));
  }
  return identity;
}

function notAsked(hop: Hop, why: string): LifeboatError {
  return new LifeboatError(EXIT.preflight, {
    what: `${hopWords(hop)} could not be asked who it is`,
    ...(why === "" ? {} : { why }),
    next: "look whether it is there and can be reached, then run again",
  });
}

const SHORT = 12;

function inner(located: Located, ask: (command: Command) => Promise<string>): Promise<Identity> {
  if (located.via === "docker") return container(located, ask);
  if (located.via === "kubernetes") return pod(located, ask);
  return Promise.resolve({});
}

async function container(
  { docker, container: id }: Extract<Located, { via: "docker" }>,
  ask: (command: Command) => Promise<string>,
): Promise<Identity> {
  const plain = (...words: string[]): Command => ({ argv: [...docker, ...words], env: {}, secrets: {} });
  const engine = await ask(plain("info", "--format", "{{.ID}}"));
  const image = await ask(plain("inspect", "--type", "container", "--format", "{{.Image}}", id));
  return {
    hostContainer: id.slice(0, SHORT),
    hostImage: image
      .trim()
      .replace(/^sha256:/, "")
      .slice(0, SHORT),
    hostEngine: engine.trim(),
  };
}

const owned = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    ownerReferences: z.array(z.looseObject({ uid: z.string(), name: z.string() })).default([]),
  }),
});

/** A pod without an owner is what it is; otherwise its owner is, which keeps its uid when pods come and go. */
async function pod(
  { kubectl, pod: name }: Extract<Located, { via: "kubernetes" }>,
  ask: (command: Command) => Promise<string>,
): Promise<Identity> {
  const plain = (...words: string[]): Command => ({ argv: [...kubectl, ...words], env: {}, secrets: {} });
  const { metadata } = owned.parse(JSON.parse(await ask(plain("get", "pod", name, "--output", "json"))));
  return { hostPod: metadata.ownerReferences[0]?.uid ?? metadata.uid };
}

/** The machine id survives restarts and changes of name and address. */
async function machine(way: readonly Hop[], launch: Launch): Promise<Identity> {
  const argv = ["sh", "-c", "cat /etc/machine-id 2>/dev/null || uname -n"];
  const result = await launch(
    { argv, env: {}, secrets: {}, on: [...way] },
    { effect: "reads", signal: AbortSignal.timeout(PATIENCE_MS) },
  );
  const last = way.at(-1);
  if (result.exit === 0 && last !== undefined) return { hostMachine: result.stdout.trim() };
  throw notAsked(last ?? { via: "sudo", user: "" }, result.transport?.what ?? result.stderr.trim());
}
