/** What the cluster's controllers would do, done whenever somebody looks: pods come, become ready and go. */
import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { changed, type KubeObject, objectSchema, replicasOf, type State, touched } from "./cluster.ts";

/** At the pod itself, since the state is a file: when it will be ready, or gone. */
const READY_AT = "stand-in/ready-at";
const GONE_AT = "stand-in/gone-at";
const REVISION = "controller-revision-hash";

const templateSchema = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }).default({ labels: {} }),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }),
});

const conditionsSchema = z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]);

const isWorkload = ({ kind }: KubeObject): boolean => kind === "Deployment" || kind === "StatefulSet";

/** Brings pods and statuses to what they are at this time. */
export function settle(state: State, now: number): void {
  state.objects = state.objects.filter(
    ({ metadata }) => Number(metadata.annotations[GONE_AT] ?? Infinity) > now,
  );
  for (const workload of state.objects.filter(isWorkload)) settleWorkload(state, workload, now);
  for (const pod of state.objects.filter(({ kind }) => kind === "Pod")) readyFrom(state, pod, now);
}

/** Every pod of the workloads is another one: another uid, and another name where a Deployment made it. */
export function recreatePods(state: State, now: number): void {
  for (const workload of state.objects.filter(isWorkload)) {
    const own = podsOf(state, workload);
    state.objects = state.objects.filter((one) => !own.includes(one));
    settleWorkload(state, workload, now);
  }
}

const isOwnedBy = (one: KubeObject, owner: KubeObject): boolean =>
  one.metadata.ownerReferences.some(({ uid }) => uid === owner.metadata.uid);

/** Also of a ReplicaSet of it. */
export function podsOf(state: State, workload: KubeObject): KubeObject[] {
  const sets = state.objects.filter((one) => one.kind === "ReplicaSet" && isOwnedBy(one, workload));
  const owners = [workload, ...sets];
  return state.objects.filter((one) => one.kind === "Pod" && owners.some((owner) => isOwnedBy(one, owner)));
}

export function isReady(pod: KubeObject): boolean {
  const conditions = conditionsSchema.parse(pod.status["conditions"]);
  const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
  return ready && pod.metadata.deletionTimestamp === undefined;
}

/** A pod that was told to end: gone after a while. */
export function endPod(state: State, pod: KubeObject, now: number): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  pod.metadata.deletionTimestamp = new Date(now).toISOString();
  pod.metadata.annotations[GONE_AT] = String(now + state.stopsWithin);
  if (state.stopsWithin === 0) state.objects = state.objects.filter((one) => one !== pod);
}

/** As `rollout restart` does it. */
export function restart(workload: KubeObject, now: number): void {
  const template = templateSchema.parse(workload.spec["template"]);
  const annotations = z.record(z.string(), z.string()).default({}).parse(template.metadata["annotations"]);
  annotations["kubectl.kubernetes.io/restartedAt"] = new Date(now).toISOString();
  template.metadata["annotations"] = annotations;
  workload.spec["template"] = template;
  changed(workload);
}

function settleWorkload(state: State, workload: KubeObject, now: number): void {
  const revision = revisionOf(workload);
  const wanted = replicasOf(workload);
  const live = (): KubeObject[] =>
    podsOf(state, workload).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const pod of live()) if (pod.metadata.labels[REVISION] !== revision) endPod(state, pod, now);
  for (const pod of live().slice(wanted)) endPod(state, pod, now);
  for (let index = 0; live().length < wanted && index < wanted; index += 1)
    if (!isTaken(state, workload, index)) addPod(state, workload, index, now);
  for (const pod of live()) readyFrom(state, pod, now);
  const ready = live().filter(isReady).length;
  const status = {
    observedGeneration: workload.metadata.generation,
    replicas: podsOf(state, workload).length,
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    updatedReplicas: live().length,
    ...(workload.kind === "StatefulSet"
      ? { currentReplicas: live().length, currentRevision: revision, updateRevision: revision }
      : {}),
  };
  if (JSON.stringify(status) === JSON.stringify(workload.status)) return;
  workload.status = status;
  touched(workload);
}

const revisionOf = ({ spec }: KubeObject): string =>
  createHash("sha256").update(JSON.stringify(spec["template"])).digest("hex").slice(0, 10);

/** A StatefulSet waits until the pod of that number is gone; a Deployment's pods are called otherwise each time. */
function isTaken(state: State, workload: KubeObject, index: number): boolean {
  const name = `${workload.metadata.name}-${index}`;
  return workload.kind === "StatefulSet" && podsOf(state, workload).some((pod) => pod.metadata.name === name);
}

function addPod(state: State, workload: KubeObject, index: number, now: number): void {
  const template = templateSchema.parse(workload.spec["template"]);
  const revision = revisionOf(workload);
  const owner = workload.kind === "Deployment" ? replicaSet(state, workload, revision) : workload;
  const suffix = workload.kind === "Deployment" ? randomUUID().slice(0, 5) : String(index);
  state.objects.push(
    objectSchema.parse({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${owner.metadata.name}-${suffix}`,
        namespace: workload.metadata.namespace,
        creationTimestamp: new Date(now).toISOString(),
        labels: { ...template.metadata.labels, [REVISION]: revision },
        annotations: { [READY_AT]: String(now + state.startsWithin), "stand-in/of": workload.metadata.name },
        ownerReferences: [reference(owner)],
      },
      spec: structuredClone(template.spec),
    }),
  );
}

const reference = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject): object => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
});

function replicaSet(state: State, workload: KubeObject, revision: string): KubeObject {
  const name = `${workload.metadata.name}-${revision}`;
  const there = state.objects.find((one) => one.kind === "ReplicaSet" && one.metadata.name === name);
  if (there !== undefined) return there;
  const { namespace } = workload.metadata;
  const metadata = { name, namespace, ownerReferences: [reference(workload)] };
  const made = objectSchema.parse({ apiVersion: "apps/v1", kind: "ReplicaSet", metadata });
  state.objects.push(made);
  return made;
}

/** Fills in a pod's status, unless the test has written one itself. */
function readyFrom(state: State, pod: KubeObject, now: number): void {
  if (pod.metadata.annotations[READY_AT] === undefined && pod.status["phase"] !== undefined) return;
  const stuck = state.stuck[pod.metadata.annotations["stand-in/of"] ?? ""];
  const ready = stuck === undefined && Number(pod.metadata.annotations[READY_AT] ?? 0) <= now;
  const waiting = { waiting: { reason: stuck ?? "ContainerCreating" } };
  const running = { running: { startedAt: pod.metadata.creationTimestamp } };
  const containers = z.array(z.looseObject({ name: z.string() })).parse(pod.spec["containers"]);
  pod.status = {
    phase: ready || stuck === "CrashLoopBackOff" ? "Running" : "Pending",
    conditions: [
      { type: "Ready", status: ready ? "True" : "False" },
      { type: "ContainersReady", status: ready ? "True" : "False" },
    ],
    containerStatuses: containers.map(({ name }) => ({
      name,
      ready,
      restartCount: stuck === undefined ? 0 : 5,
      state: ready ? running : waiting,
    })),
  };
}
