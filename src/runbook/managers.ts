import type { ManagerName, ServicesStep } from "./services-schema.ts";

export type ServiceVerb = ServicesStep["do"] | "wait";

interface Fit {
  /** Kinds of hosts where it controls services. */
  hosts: readonly string[];
  verbs: readonly ServiceVerb[];
  /** It runs where the host's own commands run, and not where the program does that leads there. */
  inside: boolean;
  /** What its names look like, where not every word is one. */
  names?: { pattern: RegExp; words: string };
}

const PLAIN = ["stop", "start", "restart", "wait"] as const;

/** Which program controls services where. */
export const MANAGER_FITS: Readonly<Record<ManagerName, Fit>> = {
  compose: { hosts: ["compose"], verbs: [...PLAIN, "up", "down"], inside: false },
  docker: { hosts: ["docker", "compose", "local", "ssh"], verbs: PLAIN, inside: false },
  kubernetes: {
    hosts: ["kubernetes"],
    verbs: [...PLAIN, "up"],
    inside: false,
    names: {
      pattern: /^(deployment|statefulset)\/[a-z0-9][a-z0-9.-]*$/,
      words: "deployment/<name> or statefulset/<name>",
    },
  },
  systemd: { hosts: ["local", "ssh"], verbs: PLAIN, inside: true },
  pm2: { hosts: ["local", "ssh", "docker", "compose"], verbs: PLAIN, inside: true },
};

/** What controls services on a host of this kind, where nothing is said. */
export function defaultManager(hostKind: string): ManagerName | undefined {
  return hostKind === "compose" || hostKind === "docker" || hostKind === "kubernetes" ? hostKind : undefined;
}
