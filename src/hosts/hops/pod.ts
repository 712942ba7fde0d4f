import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { type Hop, type HopOf, hopWords } from "../../step/hop.ts";
import { kubectlWords } from "../../step/program-words.ts";
import type { AskOnTheWay, Located } from "./located.ts";

const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }),
  status: z.looseObject({
    phase: z.string().optional(),
    conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
  }),
});
type Pod = z.infer<typeof podSchema>;
const answer = z.union([z.looseObject({ kind: z.literal("List"), items: z.array(podSchema) }), podSchema]);

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status.conditions.some((condition) => condition.type === "Ready" && condition.status === "True");

/** The one ready pod of a name or of labels. Pods change their name and uid: it is asked anew, never remembered long. */
export async function findPod(
  hop: HopOf<"kubernetes">,
  outer: readonly Hop[],
  ask: AskOnTheWay,
): Promise<Located> {
  const kubectl = kubectlWords(hop.cluster);
  const which = hop.pod === undefined ? ["pods", "--selector", hop.selector ?? ""] : ["pod", hop.pod];
  const argv = [...kubectl, "get", ...which, "--output", "json"];
  const text = await ask({ argv, env: {}, secrets: { ...hop.cluster.secrets }, on: [...outer] });
  const found = answer.parse(JSON.parse(text));
  const pods =
    "items" in found && Array.isArray(found.items)
      ? found.items.map((item) => podSchema.parse(item))
      : [podSchema.parse(found)];
  const ready = pods.filter(isReady);
  const [pod] = ready;
  if (pod === undefined || ready.length > 1) throw notOne(hop, pods, ready, kubectl);
  return { via: "kubernetes", kubectl, pod: pod.metadata.name, container: containerOf(hop, pod) };
}

function notOne(
  hop: HopOf<"kubernetes">,
  pods: readonly Pod[],
  ready: readonly Pod[],
  kubectl: string[],
): LifeboatError {
  const names = (list: readonly Pod[]): string => list.map(({ metadata }) => metadata.name).join(", ");
  const what =
    ready.length > 1
      ? `${ready.length} pods fit ${hop.selector ?? ""}: ${names(ready)}`
      : pods.length === 0
        ? `no pod fits ${hop.selector ?? hop.pod ?? ""} in namespace ${hop.cluster.namespace}`
        : `${hopWords(hop)} is not ready: ${pods.map(({ metadata, status }) => `${metadata.name} is ${status.phase ?? "in an unknown phase"}`).join(", ")}`;
  return new LifeboatError(EXIT.preflight, {
    what,
    next:
      ready.length > 1
        ? "name the pod, or give labels that only one has: nothing is done to a pod that is only one of several"
        : `look: ${[...kubectl, "get", "pods"].join(" ")}`,
  });
}

/** Without a name only a pod with one container is clear: "Defaulted container" is a guess of kubectl's. */
function containerOf(hop: HopOf<"kubernetes">, { metadata, spec }: Pod): string {
  const names = spec.containers.map(({ name }) => name);
  const [only] = names;
  const wanted = hop.container ?? (names.length === 1 ? only : undefined);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  throw new LifeboatError(EXIT.preflight, {
    what:
      wanted === undefined
        ? `pod ${metadata.name} has several containers: ${names.join(", ")}`
        : `pod ${metadata.name} has no container ${wanted}, only ${names.join(", ")}`,
    next: 'give "container" to the host in system.yaml',
  });
}
