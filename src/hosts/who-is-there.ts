import { z } from "zod";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Place } from "../runbook/place.ts";
import type { Command } from "../step/command.ts";
import { type Cluster, type Hop, hopWords } from "../step/hop.ts";
import type { Identity } from "../step/identity.ts";
import { dockerWords, kubectlWords } from "../step/program-words.ts";
import type { Located } from "./hops/located.ts";
import type { Launch } from "./launcher.ts";
import { locate } from "./locate.ts";
import { NO_MASTERS } from "./ssh-master.ts";

const PATIENCE_MS = 30_000;

/**
 * Who the hosts of a way are: the engine, the container and its image, what owns the pod, the machine behind ssh. A container
 * made anew under the same name is another one; a pod is not, it changes at every start. Throws LifeboatError when one of
 * them is not there.
 */
export async function whoIsThere(hops: readonly Hop[], launch: Launch): Promise<Identity> {
  const identity: Identity = {};
  for (const [at, hop] of hops.entries()) {
    const outer = hops.slice(0, at);
    const words = hopWords(hop);
    if (hop.via === "ssh") Object.assign(identity, await machine(asker(launch, [...outer, hop], words)));
    else if (hop.via !== "sudo")
      Object.assign(identity, await inside(hop, outer, asker(launch, outer, words)));
  }
  return identity;
}

/**
 * Who a host's services belong to: the machine behind ssh, the container engine, the namespace. Not the container or the
 * pod: services steps make those anew. What cannot be asked is left out, and is not compared.
 */
export async function whoControls(place: Place, launch: Launch): Promise<Identity> {
  const { outer, words, services } = place;
  const [first] = place.hops ?? outer;
  const ask = asker(launch, outer, words);
  const asked: (Identity | Promise<Identity>)[] = [
    first?.via === "ssh" ? machine(asker(launch, [first], words)) : {},
    services.engine ? engine(dockerWords(services.engine), ask) : {},
    services.cluster ? namespace(services.cluster, ask) : {},
  ];
  const known = (await Promise.allSettled(asked)).flatMap((one) =>
    one.status === "fulfilled" ? Object.entries(one.value) : [],
  );
  return Object.fromEntries(known.filter(([, value]) => value !== ""));
}

/** Resolves with what was said, without white space around it; rejects when nothing could be asked. */
type Ask = (argv: string[], secrets?: Command["secrets"]) => Promise<string>;

/** Puts questions to the end of a way; `who` is asked, in words. */
function asker(launch: Launch, way: readonly Hop[], who: string): Ask {
  const on = way.length === 0 ? {} : { on: [...way] };
  return async (argv, secrets = {}) => {
    const options = { effect: "reads" as const, signal: AbortSignal.timeout(PATIENCE_MS) };
    const result = await launch({ argv, env: {}, secrets: { ...secrets }, ...on }, options);
    if (result.exit === 0 && result.transport === undefined) return result.stdout.trim();
    const why = result.transport?.what ?? result.stderr.trim();
    throw new LifeboatError(EXIT.preflight, {
      what: `${who} could not be asked who it is`,
      ...(why === "" ? {} : { why }),
      next: "look whether it is there and can be reached, then run again",
    });
  };
}

type Inside = Exclude<Hop, { via: "ssh" | "sudo" }>;

async function inside(hop: Inside, outer: readonly Hop[], ask: Ask): Promise<Identity> {
  const located = await locate(hop, outer, ({ argv, secrets }) => ask(argv, secrets), NO_MASTERS);
  if (located.via === "docker")
    return { ...(await container(located, ask)), ...(await engine(located.docker, ask)) };
  if (located.via === "kubernetes" && hop.via === "kubernetes") return pod(located.pod, hop.cluster, ask);
  return {};
}

/** The machine id survives restarts and changes of name and address. */
const machine = async (ask: Ask): Promise<Identity> => ({
  hostMachine: await ask(["sh", "-c", "cat /etc/machine-id 2>/dev/null || uname -n"]),
});

const engine = async (docker: readonly string[], ask: Ask): Promise<Identity> => ({
  hostEngine: await ask([...docker, "info", "--format", "{{.ID}}"]),
});

const SHORT = 12;

async function container({ docker, container: id }: LocatedIn<"docker">, ask: Ask): Promise<Identity> {
  const image = await ask([...docker, "inspect", "--type", "container", "--format", "{{.Image}}", id]);
  return { hostContainer: id.slice(0, SHORT), hostImage: image.replace(/^sha256:/, "").slice(0, SHORT) };
}

type LocatedIn<V extends Located["via"]> = Extract<Located, { via: V }>;

const owned = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    ownerReferences: z.array(z.looseObject({ uid: z.string() })).default([]),
  }),
});

async function object(which: readonly string[], cluster: Cluster, ask: Ask): Promise<z.infer<typeof owned>> {
  const argv = [...kubectlWords(cluster), "get", ...which, "--output", "json"];
  return owned.parse(JSON.parse(await ask(argv, cluster.secrets)));
}

/** A pod without an owner is what it is; otherwise its owner is, which keeps its uid when pods come and go. */
async function pod(name: string, cluster: Cluster, ask: Ask): Promise<Identity> {
  const { metadata } = await object(["pod", name], cluster, ask);
  return { hostPod: metadata.ownerReferences[0]?.uid ?? metadata.uid };
}

async function namespace(cluster: Cluster, ask: Ask): Promise<Identity> {
  return { hostNamespace: (await object(["namespace", cluster.namespace], cluster, ask)).metadata.uid };
}
