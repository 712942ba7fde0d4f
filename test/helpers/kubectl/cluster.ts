/** What the stand-in kubectl and the fake API server know of a cluster: objects as Kubernetes has them, and nothing that runs. */
import { randomUUID } from "node:crypto";
import { z } from "zod";

const record = z.record(z.string(), z.string());

export const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().default(() => randomUUID()),
    resourceVersion: z.string().default("1"),
    creationTimestamp: z.string().default("2026-01-01T00:00:00Z"),
    deletionTimestamp: z.string().optional(),
    generation: z.number().default(1),
    labels: record.default({}),
    annotations: record.default({}),
    ownerReferences: z
      .array(z.looseObject({ kind: z.string(), name: z.string(), uid: z.string() }))
      .default([]),
  }),
  spec: z.record(z.string(), z.unknown()).default({}),
  status: z.record(z.string(), z.unknown()).default({}),
});
export type KubeObject = z.infer<typeof objectSchema>;

/** One way in which a call goes wrong, for calls of this verb, as often as `times` says (always without it). */
export const ruleSchema = z.strictObject({
  on: z.string().describe("get, exec, scale …"),
  times: z.number().optional(),
  /** exec: the stream ends after so many bytes of stdout and kubectl says rc 0; the command there lives on. */
  cutAfter: z.number().optional(),
  /** What it says on stderr then; without it not a word. */
  says: z.string().optional(),
  /** exec: so many bytes at the end of stdout never arrive, rc is the command's. */
  loseTail: z.number().optional(),
  /** Goes before everything on stdout. */
  noise: z.string().optional(),
  /** exec: every LF gets a CR before it, as with a terminal. */
  cr: z.boolean().optional(),
  /** Never ends: before it has done anything, or after all of it, stdout still open. */
  hang: z.enum(["before", "after"]).optional(),
  /** exec: the command's standard input stays open when ours has ended. */
  noEof: z.boolean().optional(),
  refuse: z.enum(["forbidden", "unreachable", "unauthorized"]).optional(),
  /** Before the call every pod of a workload is replaced by another one. */
  recreate: z.boolean().optional(),
});
export type Rule = z.infer<typeof ruleSchema>;

export const stateSchema = z.strictObject({
  contexts: z.array(z.string()),
  current: z.string().optional(),
  objects: z.array(objectSchema),
  rules: z.array(ruleSchema),
  /** Milliseconds until a new pod is ready, and until one that is ended is gone. */
  startsWithin: z.number(),
  stopsWithin: z.number(),
  /** Name of a workload → why its pods never become ready, e.g. CrashLoopBackOff. */
  stuck: record,
  /** Name of a pod → what `logs` prints. */
  logs: record,
});
export type State = z.infer<typeof stateSchema>;

/** What people call a kind on the command line → the kind, its group and version, and its place in the API. */
const KINDS = [
  ["Pod", "v1", "pods", "pod", "po"],
  ["Namespace", "v1", "namespaces", "namespace", "ns"],
  ["Service", "v1", "services", "service", "svc"],
  ["PersistentVolumeClaim", "v1", "persistentvolumeclaims", "persistentvolumeclaim", "pvc"],
  ["ConfigMap", "v1", "configmaps", "configmap", "cm"],
  ["Deployment", "apps/v1", "deployments", "deployment", "deploy"],
  ["StatefulSet", "apps/v1", "statefulsets", "statefulset", "sts"],
  ["ReplicaSet", "apps/v1", "replicasets", "replicaset", "rs"],
  ["CronJob", "batch/v1", "cronjobs", "cronjob", "cj"],
  ["Job", "batch/v1", "jobs", "job", "job"],
  ["HorizontalPodAutoscaler", "autoscaling/v1", "horizontalpodautoscalers", "horizontalpodautoscaler", "hpa"],
] as const;

export interface Kind {
  kind: string;
  apiVersion: string;
  plural: string;
  singular: string;
  short: string;
}

export const KNOWN_KINDS: readonly Kind[] = KINDS.map(([kind, apiVersion, plural, singular, short]) => ({
  kind,
  apiVersion,
  plural,
  singular,
  short,
}));

/** By kind, plural, singular, short name, or with its group (deployments.apps). */
export function findKind(word: string): Kind | undefined {
  const name = word.toLowerCase().replace(/\..*$/, "");
  return KNOWN_KINDS.find((one) =>
    [one.plural, one.singular, one.short, one.kind.toLowerCase()].includes(name),
  );
}

/** As the API's messages call it: deployments.apps, pods. */
export function resourceOf({ plural, apiVersion }: Kind): string {
  return apiVersion.includes("/") ? `${plural}.${apiVersion.split("/")[0]}` : plural;
}

export function findObject(
  state: State,
  kind: Kind,
  namespace: string,
  name: string,
): KubeObject | undefined {
  return listObjects(state, kind, namespace).find((one) => one.metadata.name === name);
}

/** Those of a kind in a namespace (all namespaces without one) that have these labels. */
export function listObjects(
  state: State,
  kind: Kind,
  namespace: string | undefined,
  labels: Readonly<Record<string, string>> = {},
): KubeObject[] {
  return state.objects.filter(
    ({ kind: own, metadata }) =>
      own === kind.kind &&
      (kind.kind === "Namespace" || namespace === undefined || metadata.namespace === namespace) &&
      Object.entries(labels).every(([key, value]) => metadata.labels[key] === value),
  );
}

/** a=b,c==d → { a: "b", c: "d" }. */
export function labelsOf(selector: string): Record<string, string> {
  const pairs = selector.split(",").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => pair.split(/==?/, 2)).map(([key = "", value = ""]) => [key, value]),
  );
}

export const replicasOf = ({ spec }: KubeObject): number =>
  typeof spec["replicas"] === "number" ? spec["replicas"] : 1;

/** What changes a specification: the controllers notice it by the generation. */
export function changed(object: KubeObject): void {
  object.metadata.generation += 1;
  touched(object);
}

export function touched({ metadata }: KubeObject): void {
  metadata.resourceVersion = String(Number(metadata.resourceVersion) + 1);
}
