import { didYouMean } from "../base/suggest.ts";
import type { Known, RawStep } from "./cross-check.ts";
import { defaultManager, MANAGER_FITS, type ServiceVerb } from "./managers.ts";
import { filledIn } from "./place.ts";
import type { Problem } from "./problem.ts";
import { listOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { MANAGER_NAMES, type ManagerName } from "./services-schema.ts";

type Said = [key: string, says: string];

/** What no schema can say about services: whether their manager works on the host, and knows what it is told. */
export function servicesProblems(
  file: Resolved,
  step: RawStep,
  steps: readonly RawStep[],
  known: Known | undefined,
): Problem[] {
  const { fields, path } = step;
  const isWait = fields["kind"] === "wait";
  if (fields["kind"] !== "services" && !isWait) return [];
  const say = ([key, says]: Said): Problem[] => {
    if (file.isOpen([...path, key])) return [];
    const { document } = file;
    return [
      document.problem(
        fields[key] === undefined ? document.keyAt([...path, "kind"]) : document.valueAt([...path, key]),
        says,
      ),
    ];
  };
  const what = isWait ? waitProblems(step) : [];
  if (what.length > 0 || (isWait && fields["store"] !== undefined)) return what.flatMap(say);
  return [...fitProblems(step, known), ...countProblems(step, steps, known)].flatMap(say);
}

/** A wait is for a store's server or for services, and says for which. */
function waitProblems({ fields }: RawStep): Said[] {
  const { store, host, names, manager } = fields;
  if (store !== undefined && [host, names, manager].some((one) => one !== undefined))
    return [["store", 'it waits either for a "store" or for services of a "host": keep one of them']];
  return store === undefined && host === undefined
    ? [["kind", 'what is waited for? Give "store", or "host" and "names"']]
    : [];
}

const isManager = (name: unknown): name is ManagerName => MANAGER_NAMES.some((one) => one === name);

/** Of the step as the file has it; undefined where the host is not known. */
function managerOf(
  { fields }: RawStep,
  known: Known | undefined,
): [ManagerName | undefined, hostKind: string] | undefined {
  const host = textOf(fields["host"]) ?? "local";
  if (known === undefined || (host !== "local" && known.hosts[host] === undefined)) return undefined;
  const kind = textOf(filledIn(known.hosts, host)["kind"]) ?? "local";
  const named = fields["manager"];
  return [isManager(named) ? named : named === undefined ? defaultManager(kind) : undefined, kind];
}

function fitProblems(step: RawStep, known: Known | undefined): Said[] {
  const { fields } = step;
  const found = managerOf(step, known);
  if (found === undefined || (fields["manager"] !== undefined && !isManager(fields["manager"]))) return [];
  const [manager, kind] = found;
  if (manager === undefined)
    return [
      ["host", `on a host of kind ${kind} somebody has to be told: give "manager": docker, systemd or pm2`],
    ];
  const fit = MANAGER_FITS[manager];
  if (!fit.hosts.includes(kind))
    return [
      [
        "manager",
        `${manager} controls services on hosts of kind ${fit.hosts.join(", ")}, and this one is of kind ${kind}`,
      ],
    ];
  return [...verbProblems(fields, manager), ...nameProblems(fields, manager, kind)];
}

function verbProblems(fields: RawStep["fields"], manager: ManagerName): Said[] {
  const verb = textOf(fields["do"]);
  const { verbs } = MANAGER_FITS[manager];
  const all: ServiceVerb[] = ["stop", "start", "restart", "up", "down"];
  const isVerb = all.find((one) => one === verb);
  if (isVerb !== undefined && !verbs.includes(isVerb))
    return [
      [
        "do",
        `${manager} does not know "${verb}"${didYouMean(
          isVerb,
          verbs.filter((one) => one !== "wait"),
        )}`,
      ],
    ];
  const only = (key: string, isRight: boolean, says: string): Said[] =>
    fields[key] === undefined || isRight ? [] : [[key, `"${key}" is for ${says}`]];
  return [
    ...only("recreate", verb === "up", "do: up only"),
    ...only(
      "grace",
      ["compose", "docker"].includes(manager) && verb !== "start" && verb !== "up",
      "stopping and restarting by compose or docker",
    ),
    ...only("file", manager === "pm2" && verb === "start", "do: start by pm2"),
    ...only("environment", fields["file"] !== undefined, "the ecosystem file of pm2: give file as well"),
    ...only(
      "replicas",
      manager === "kubernetes" && (verb === "start" || verb === "up"),
      "do: start and do: up in kubernetes",
    ),
  ];
}

function nameProblems(fields: RawStep["fields"], manager: ManagerName, kind: string): Said[] {
  const names = listOf(fields["names"]).flatMap((name) => textOf(name) ?? []);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return [["names", `"${twice}" stands there twice`]];
  if (fields["do"] === "down" && names.length > 0)
    return [["names", "down takes a whole project: leave names away, or use do: stop"]];
  // A compose project has names of its own, a docker host that is a container is one.
  if (names.length === 0 && manager !== "compose" && !(manager === "docker" && kind === "docker"))
    return [["names", `which services? Give "names"`]];
  const { names: form } = MANAGER_FITS[manager];
  const odd = form === undefined ? undefined : names.find((name) => !form.pattern.test(name));
  return odd === undefined ? [] : [["names", `"${odd}" is not a name of ${manager}: write ${form?.words}`]];
}

/** Where a manager counts, somebody has to know how many. */
function countProblems(step: RawStep, steps: readonly RawStep[], known: Known | undefined): Said[] {
  const { fields } = step;
  if (
    managerOf(step, known)?.[0] !== "kubernetes" ||
    fields["do"] !== "start" ||
    fields["replicas"] !== undefined
  )
    return [];
  const before = steps
    .slice(0, steps.indexOf(step))
    .filter((one) => one.fields["do"] === "stop" && one.fields["host"] === fields["host"]);
  const stopped = before.flatMap((one) => listOf(one.fields["names"]));
  const open = listOf(fields["names"]).find((name) => !stopped.includes(name));
  return open === undefined
    ? []
    : [["names", `how many replicas of ${String(open)}? No stop before records it: give "replicas"`]];
}
