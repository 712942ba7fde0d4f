import type { ServiceVerb } from "../runbook/managers.ts";

const PLAIN: Record<ServiceVerb, string> = {
  stop: "Stop",
  start: "Start",
  restart: "Restart",
  up: "Bring up",
  down: "Take down",
  wait: "Wait for",
};

const THIRD: Record<ServiceVerb, string> = {
  stop: "stops",
  start: "starts",
  restart: "restarts",
  up: "brings up",
  down: "removes the containers of",
  wait: "waits for",
};

const NOW: Record<ServiceVerb, string> = {
  stop: "stopped",
  start: "started",
  restart: "started anew",
  up: "up",
  down: "removed: their containers, not their volumes",
  wait: "running",
};

/** "backend, worker", or "everything of stack". */
export const namesInWords = (names: readonly string[], host: string): string =>
  names.length === 0 ? `everything of ${host}` : names.join(", ");

/** "Stop backend, worker". */
export const titleOf = (verb: ServiceVerb, names: readonly string[], host: string): string =>
  `${PLAIN[verb]} ${namesInWords(names, host)}`;

/** "stops backend, worker (stack)". */
export const gistOf = (verb: ServiceVerb, names: readonly string[], host: string): string =>
  `${THIRD[verb]} ${namesInWords(names, host)}${names.length === 0 || host === "local" ? "" : ` (${host})`}`;

/** "backend, worker: stopped"; a start after a stop is about those that ran before it. */
export const afterOf = (
  verb: ServiceVerb,
  names: readonly string[],
  host: string,
  isAfterStop = false,
): string => `${namesInWords(names, host)}: ${isAfterStop ? startedAgain(names) : NOW[verb]}`;

const startedAgain = (names: readonly string[]): string =>
  names.length === 1 ? "started, if it ran before" : "those that ran before are started";
