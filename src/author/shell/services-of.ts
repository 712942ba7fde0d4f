import { MANAGER_FITS } from "../../runbook/managers.ts";
import { type Action, type Manager, type ServicesVerb, UNKNOWN } from "./action.ts";
import type { Place } from "./unwrap.ts";

const VERBS: Record<string, ServicesVerb> = {
  stop: "stop",
  start: "start",
  restart: "restart",
  up: "up",
  down: "down",
  kill: "stop",
  reload: "restart",
};

/** As a services step takes them. */
const NAME = /^[A-Za-z0-9][\w.@:/\\-]*$/;

/** A services action, where the manager can be told so: its verbs, its names. Anything else stays a command. */
export function servicesOf(
  manager: Manager,
  verb: string,
  names: readonly string[],
  places: readonly Place[],
  replicas?: number,
): Action {
  const does = VERBS[verb];
  const fit = MANAGER_FITS[manager.kind];
  if (does === undefined || !fit.verbs.includes(does)) return UNKNOWN;
  const isNamed = names.every((name) => NAME.test(name) && (fit.names?.pattern.test(name) ?? true));
  const isEnough = manager.kind === "compose" ? does !== "down" || names.length === 0 : names.length > 0;
  if (!isNamed || !isEnough || !isReached(manager, places)) return UNKNOWN;
  return {
    kind: "services",
    manager,
    does,
    names: [...names],
    ...(places.length === 0 ? {} : { places }),
    ...(replicas === undefined ? {} : { replicas }),
  };
}

/** By sudo or ssh a manager of the machine is reached; what lies deeper stays a command. */
function isReached(manager: Manager, places: readonly Place[]): boolean {
  if (places.every(({ kind }) => kind === "sudo")) return true;
  const isOfMachine = manager.kind === "systemd" || manager.kind === "pm2" || manager.kind === "docker";
  return isOfMachine && places.every(({ kind }) => kind === "sudo" || kind === "ssh");
}
