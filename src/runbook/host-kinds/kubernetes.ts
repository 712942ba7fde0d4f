import { z } from "zod";
import type { Cluster } from "../../step/hop.ts";
import { declareHost, hostKeys, ofKey, onKey, programEnvKey } from "./declaration.ts";

const schema = z
  .strictObject({
    ...hostKeys,
    ...onKey,
    ...ofKey,
    ...programEnvKey,
    kind: z.literal("kubernetes"),
    context: z
      .string()
      .optional()
      .describe("the kubectl context; give it: the current one may be any cluster"),
    kubeconfig: z.string().optional().describe("a kubeconfig file instead of the user's own"),
    namespace: z.string().optional().describe("default: default"),
    pod: z.string().optional().describe("the pod's name, where it stays the same (a StatefulSet's)"),
    selector: z
      .string()
      .optional()
      .describe("labels that exactly one ready pod has, instead of pod, e.g. app=redis"),
    container: z.string().optional().describe("the container, where the pod has several"),
  })
  .describe("a pod's container, or, without pod and selector, the namespace");

function clusterOf(host: z.output<typeof schema>, secrets: Readonly<Record<string, string>>): Cluster {
  return {
    ...(host.context === undefined ? {} : { context: host.context }),
    namespace: host.namespace ?? "default",
    ...(host.kubeconfig === undefined ? {} : { kubeconfig: host.kubeconfig }),
    secrets: { ...secrets },
  };
}

export const kubernetes = declareHost({
  schema,
  problems: ({ pod, selector }) =>
    pod !== undefined && selector !== undefined
      ? [{ at: "selector", says: '"pod" and "selector" are both given: keep one of them' }]
      : [],
  hops: (host, secrets) =>
    host.pod === undefined && host.selector === undefined
      ? undefined
      : [
          {
            via: "kubernetes",
            cluster: clusterOf(host, secrets),
            ...(host.pod === undefined ? {} : { pod: host.pod }),
            ...(host.selector === undefined ? {} : { selector: host.selector }),
            ...(host.container === undefined ? {} : { container: host.container }),
          },
        ],
  services: (host, secrets) => ({ cluster: clusterOf(host, secrets) }),
});
