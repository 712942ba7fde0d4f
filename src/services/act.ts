import { join } from "node:path/posix";
import { parseDuration } from "../base/duration.ts";
import { defaultManager, MANAGER_FITS, type ServiceVerb } from "../runbook/managers.ts";
import type { Place } from "../runbook/place.ts";
import type { ManagerName, ServicesStep } from "../runbook/services-schema.ts";
import type { ComposeProject } from "../step/hop.ts";
import type { Target } from "./manager.ts";
import { managerOf } from "./managers.ts";
import type { Act } from "./script.ts";

/** What a step says about services, be it `services` or `wait`. */
export interface ServicesNamed {
  id: string;
  host: string;
  manager?: ManagerName | undefined;
  names: readonly string[];
  grace?: string | undefined;
  recreate?: boolean | undefined;
  replicas?: number | undefined;
  file?: string | undefined;
  environment?: string | undefined;
}

export interface ServicesContext {
  place: Place;
  run: { id: string; tag: string; dir: string };
  /** Which compose is there, where the host does not say. */
  program: ComposeProject["program"];
  /** The runbook's services steps before this one. */
  earlier: readonly ServicesStep[];
}

/** Lint has seen that there is one. */
export function managerName(step: ServicesNamed, place: Place): ManagerName {
  return step.manager ?? defaultManager(place.kind) ?? "docker";
}

/** The step's names, else the service or container that the host itself is. */
export function namesOf(step: ServicesNamed, place: Place): readonly string[] {
  if (step.names.length > 0) return step.names;
  const last = place.hops?.at(-1);
  const manager = managerName(step, place);
  if (manager === "compose" && last?.via === "compose") return [last.service];
  return manager === "docker" && last?.via === "docker" ? [last.container] : [];
}

/** A services step as scripts are made of it. */
export function actOf(step: ServicesNamed, verb: ServiceVerb, context: ServicesContext): Act {
  const { place, run } = context;
  const manager = managerName(step, place);
  const isHere = place.kind === "local" || place.kind === "ssh";
  const isInside = isHere || MANAGER_FITS[manager].inside;
  const on = (isInside ? place.hops : place.outer) ?? [];
  const path = (isInside ? place.path : place.outerPath) ?? [];
  const tmp = (isInside ? place.tmp : place.outerTmp) ?? "/var/tmp";
  const after = verb === "start" ? earlierStops(step, context) : [];
  // A run's folder is on this machine; elsewhere a place that outlives the removal of what the run stages there.
  const folder = on.length === 0 ? run.dir : join(tmp, `lifeboat-${run.id}.services`);
  const record = (id: string): string => join(folder, `services-${id}`);
  const stops = [...new Set(after.flatMap(({ ids }) => ids))].map(record);
  return {
    manager: managerOf(manager),
    target: targetOf(step, context, stops),
    verb,
    on,
    path,
    record: record(step.id),
    after: after.map(({ ids, names }) => ({ records: ids.map(record), names })),
  };
}

function targetOf(step: ServicesNamed, context: ServicesContext, stops: string[]): Target {
  const { place, run, program } = context;
  const { compose, cluster, engine } = place.services;
  const grace = parseDuration(step.grace ?? "");
  return {
    names: namesOf(step, place),
    ...(compose === undefined ? {} : { compose: program === undefined ? compose : { ...compose, program } }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(engine === undefined ? {} : { engine }),
    ...(grace === undefined ? {} : { graceSeconds: Math.ceil(grace / 1000) }),
    recreate: step.recreate === true,
    replicas: step.replicas,
    file: step.file,
    environment: step.environment,
    tag: run.tag,
    stops,
  };
}

interface Stopped {
  /** Names that the same stops were about; none where a whole project is meant. */
  names: string[];
  ids: string[];
}

/** What stopped each name since it was last started; a second stop finds down what the first has stopped. */
function earlierStops(step: ServicesNamed, { place, earlier }: ServicesContext): Stopped[] {
  const manager = managerName(step, place);
  const own = earlier.filter((one) => one.host === step.host && managerName(one, place) === manager);
  const isAbout = (one: ServicesStep, name: string): boolean => {
    const its = namesOf(one, place);
    return its.length === 0 || its.includes(name);
  };
  const stopsOf = (about: (one: ServicesStep) => boolean): string[] => {
    const started = own.findLastIndex((one) => one.do !== "stop" && about(one));
    return own
      .slice(started + 1)
      .filter(about)
      .map(({ id }) => id);
  };
  const names = namesOf(step, place);
  if (names.length === 0) {
    const ids = stopsOf(() => true);
    const stops = own.filter(({ id }) => ids.includes(id));
    const isWhole = stops.some((one) => namesOf(one, place).length === 0);
    const named = isWhole ? [] : [...new Set(stops.flatMap((one) => namesOf(one, place)))];
    return ids.length === 0 ? [] : [{ names: named, ids }];
  }
  const groups = Map.groupBy(names, (name) => stopsOf((one) => isAbout(one, name)).join(" "));
  return [...groups].flatMap(([ids, of]) => (ids === "" ? [] : [{ names: of, ids: ids.split(" ") }]));
}
