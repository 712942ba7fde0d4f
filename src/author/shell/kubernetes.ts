import { type Action, type Manager, UNKNOWN } from "./action.ts";
import { looking } from "./looking.ts";
import { servicesOf } from "./services-of.ts";
import { readKubectl, type Unwrapped } from "./unwrap.ts";

const LOOKS = new Set("get describe logs top version cluster-info auth events".split(" "));

/** kubectl scale, rollout, wait; everything that looks. */
export function kubernetesAction({ words, places }: Unwrapped): Action | undefined {
  const said = readKubectl(words);
  if (said === undefined) return undefined;
  const { namespace, context } = said.where;
  const manager: Manager = {
    kind: "kubernetes",
    ...(namespace === undefined ? {} : { namespace }),
    ...(context === undefined ? {} : { context }),
  };
  const waited = (names: string[]): Action =>
    names.length === 0 || names.some((name) => !/^(?:deployment|statefulset)\//.test(name))
      ? { kind: "reads" }
      : { kind: "wait", manager, names, ...within(said.flags.get("--timeout")) };
  if (LOOKS.has(said.verb)) return looking(words);
  if (said.verb === "config") return config(said.words);
  if (said.verb === "scale") {
    const replicas = Number(said.flags.get("--replicas") ?? NaN);
    if (!Number.isInteger(replicas)) return UNKNOWN;
    const names = objects(said.words);
    return replicas === 0
      ? servicesOf(manager, "stop", names, places)
      : servicesOf(manager, "start", names, places, replicas);
  }
  if (said.verb === "rollout") {
    const [verb = "", ...behind] = said.words;
    if (verb === "restart") return servicesOf(manager, "restart", objects(behind), places);
    if (verb === "status") return waited(objects(behind));
    return verb === "history" ? { kind: "reads" } : UNKNOWN;
  }
  return said.verb === "wait" ? waited(objects(said.words)) : UNKNOWN;
}

/** Choosing a context changes it for every shell of this user: a host of Lifeboat names its own. */
function config([verb = ""]: readonly string[]): Action {
  if (/^(?:get-.*|view|current-context)$/.test(verb)) return { kind: "reads" };
  return verb === "use-context"
    ? {
        kind: "by-hand",
        because: "it changes the context of every shell; hosts in system.yaml name their own",
      }
    : UNKNOWN;
}

const within = (timeout: string | undefined): { within?: string } =>
  timeout !== undefined && /^\d+[smh]$/.test(timeout) ? { within: timeout } : {};

const LONG: Record<string, string> = {
  deploy: "deployment",
  deployments: "deployment",
  sts: "statefulset",
  statefulsets: "statefulset",
  ds: "daemonset",
};

const long = (kind: string): string => LONG[kind] ?? kind;

/** "deploy/redis", "deployment redis api" → "deployment/redis", … */
function objects(words: readonly string[]): string[] {
  const [first = "", ...rest] = words.filter((word) => !word.startsWith("-"));
  if (first.includes("/")) return [first, ...rest].map((word) => word.replace(/^[^/]+/, long));
  return rest.map((name) => `${long(first)}/${name}`);
}
