import { z } from "zod";

/** A machine reached by ssh. Keys, agent and the user's own configuration decide; nothing is ever typed in. */
const sshHop = z.strictObject({
  via: z.literal("ssh"),
  destination: z.string(),
  port: z.number().optional(),
  jump: z.string().optional(),
  config: z.string().optional().describe("the ssh configuration file instead of the user's own"),
  timeoutSeconds: z.number().describe("how long the connection may take to come about"),
});

const engineKeys = {
  engine: z.string().optional().describe("the container engine's address, as docker --host takes it"),
  context: z.string().optional(),
};
/** Which container engine; without either key the one docker itself would take. */
export interface Engine {
  engine?: string | undefined;
  context?: string | undefined;
}

/** A running container of a container engine. */
const dockerHop = z.strictObject({
  via: z.literal("docker"),
  ...engineKeys,
  container: z.string().describe("name or id"),
  user: z.string().optional(),
});

/** How a compose project is named on the command line of compose. */
export const projectSchema = z.strictObject({
  /** undefined: whichever is there, `docker compose` before `docker-compose`. */
  program: z.enum(["docker compose", "docker-compose"]).optional(),
  files: z.array(z.string()),
  directory: z.string().optional(),
  project: z.string().optional(),
  envFile: z.string().optional(),
  /** Environment variable → vault key: what the compose file asks for. */
  secrets: z.record(z.string(), z.string()),
});
export type ComposeProject = z.infer<typeof projectSchema>;

/** The container of a compose service. */
const composeHop = z.strictObject({
  via: z.literal("compose"),
  ...engineKeys,
  compose: projectSchema,
  service: z.string(),
  number: z.number().describe("which of several containers of the service, from 1"),
  user: z.string().optional(),
});

/** How a cluster and a namespace are named on kubectl's command line. */
export const clusterSchema = z.strictObject({
  context: z.string().optional(),
  namespace: z.string(),
  kubeconfig: z.string().optional(),
  /** Environment variable → vault key: what credential plugins ask for. */
  secrets: z.record(z.string(), z.string()),
});
export type Cluster = z.infer<typeof clusterSchema>;

/** A container of a pod. Pods change their names: with a selector the one that is ready is looked for at each step. */
const kubernetesHop = z.strictObject({
  via: z.literal("kubernetes"),
  cluster: clusterSchema,
  pod: z.string().optional(),
  selector: z.string().optional(),
  container: z.string().optional().describe("needed where the pod has several"),
});

/** Another user of the machine reached so far, without a password. */
const sudoHop = z.strictObject({ via: z.literal("sudo"), user: z.string() });

/** One stage of the way to where a command runs. The first is the outermost; no hop at all is this machine. Holds no secret. */
export const hopSchema = z.discriminatedUnion("via", [sshHop, dockerHop, composeHop, kubernetesHop, sudoHop]);
export type Hop = z.infer<typeof hopSchema>;
export type HopOf<V extends Hop["via"]> = Extract<Hop, { via: V }>;

/** Where it leads to, in a few words. */
export function hopWords(hop: Hop): string {
  switch (hop.via) {
    case "ssh":
      return hop.destination;
    case "docker":
      return `container ${hop.container}`;
    case "compose":
      return `compose service ${hop.service}`;
    case "kubernetes":
      return `pod ${hop.pod ?? hop.selector ?? ""} in ${hop.cluster.namespace}`;
    case "sudo":
      return `as ${hop.user}`;
  }
}

/** A whole way, from the inside out: "container db on deploy@db1". */
export function wayWords(hops: readonly Hop[]): string {
  if (hops.length === 0) return "this machine";
  return hops
    .toReversed()
    .map((hop, at) => (at === 0 || hop.via === "sudo" ? hopWords(hop) : `on ${hopWords(hop)}`))
    .join(" ");
}
