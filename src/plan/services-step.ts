import { parseDuration } from "../base/duration.ts";
import type { Place } from "../runbook/place.ts";
import type { ServicesStep } from "../runbook/services-schema.ts";
import type { WaitStep } from "../runbook/wait-schema.ts";
import { actOf, managerName, namesOf } from "../services/act.ts";
import { actCommands, backCommand, beforeCommand, probeCommand, tellCommand } from "../services/commands.ts";
import { afterOf, gistOf, namesInWords, titleOf } from "../services/words.ts";
import type { Check } from "../step/check.ts";
import type { Command } from "../step/command.ts";
import type { Mode } from "../step/mode.ts";
import type { Step } from "../step/step.ts";
import type { ServicesPlanning } from "./services-planning.ts";
import { MINUTE, printed, stepBase, typedGate } from "./step-base.ts";

const BE = { stop: "down", down: "gone", start: "ready", up: "ready", restart: "fresh" } as const;
const FOR = {
  stop: "to be down",
  down: "to be gone",
  start: "to run",
  up: "to run",
  restart: "to run anew",
} as const;

/** Services stopped or started: a look that every mode takes, then what changes them. */
export function servicesSteps(step: ServicesStep, planning: ServicesPlanning): Step[] {
  const before = beforeStep(step, planning);
  return [before, { ...changingStep(step, planning), needs: [before.id] }];
}

function beforeStep(step: ServicesStep, planning: ServicesPlanning): Step {
  const { place } = planning;
  const names = namesOf(step, place);
  const { title: _title, optional: _optional, ...own } = step;
  const check: Check = {
    title: `${namesInWords(names, step.host)}: known, and can be controlled`,
    source: beforeCommand(actOf(step, step.do, planning)),
    judge: "services-before",
    args: {
      manager: managerName(step, place),
      verb: step.do,
      names: [...names],
      recreate: step.recreate,
      mustBeKnown: step.file === undefined,
      files: [...(place.services.compose?.files ?? [])],
    },
    onError: "fail",
  };
  return {
    ...stepBase(
      { ...own, why: "what cannot be done is better known before" },
      `Look at ${namesInWords(names, step.host)}`,
      MINUTE,
    ),
    id: `${step.id}.look`,
    effect: "reads",
    does: "run",
    checks: [check],
    failsAs: "preflight",
  };
}

function changingStep(step: ServicesStep, planning: ServicesPlanning): Step {
  const { place, mode } = planning;
  const act = actOf(step, step.do, planning);
  const names = namesOf(step, place);
  const withinMs = parseDuration(step.within) ?? 2 * MINUTE;
  const isFinal = step.do === "down" || step.recreate;
  const gate = typedGate(step.host, step.why ?? finalWords(step));
  const check: Check = {
    title: `${namesInWords(names, step.host)} ${FOR[step.do].replace("to be", "is").replace("to run", "runs")}`,
    source: tellCommand(act),
    judge: "services",
    args: {
      manager: managerName(step, place),
      be: BE[step.do],
      started: true,
      afterStop: act.after.length > 0,
      jobs: names.length === 0,
    },
    onError: "fail",
    poll: { upToMs: withinMs, for: `${namesInWords(names, step.host)} ${FOR[step.do]}` },
  };
  return {
    ...stepBase(step, titleOf(step.do, names, step.host), withinMs + 10 * MINUTE),
    effect: isFinal ? "irreversible" : "reversible",
    ...doesOf(step, mode),
    touchesLive: true,
    ...(isFinal ? { gate } : {}),
    gist: gistOf(step.do, names, step.host) + untilWords(step, planning),
    commands: actCommands(act),
    checks: [check],
    probe: probeCommand(act),
    ...(step.do === "restart" ? {} : { undo: undoOf(step, place, () => backCommand(act)) }),
    after: afterOf(step.do, names, step.host, act.after.length > 0),
    outdates:
      step.do === "start" ? act.target.stops.map((record) => record.replace(/^.*\/services-/, "")) : [],
  };
}

function doesOf(step: ServicesStep, mode: Mode): Pick<Step, "does" | "printedBecause"> {
  if (mode === "dry-run") return printed("printed only");
  return mode === "drill" && step.drill === "print" ? printed("live only") : { does: "run" };
}

function finalWords({ do: verb, host }: ServicesStep): string {
  const what =
    verb === "down" ? `The containers of ${host} are removed` : `Containers of ${host} are made anew`;
  return `${what}: what was written inside of them and not into a volume is lost.`;
}

/** Until when what is stopped stays down, so that nobody is surprised that it does. */
function untilWords(step: ServicesStep, { later, place }: ServicesPlanning): string {
  if (step.do !== "stop" && step.do !== "down") return "";
  const names = namesOf(step, place);
  const again = later.find((one) => {
    if (one.host !== step.host || one.do === "stop" || one.do === "down") return false;
    const its = namesOf(one, place);
    return its.length === 0 || names.length === 0 || its.some((name) => names.includes(name));
  });
  if (again === undefined) return "; nothing in this runbook starts them again";
  return `; down until ${again.title ?? titleOf(again.do, namesOf(again, place), again.host)}`;
}

function undoOf(step: ServicesStep, place: Place, command: () => Command): NonNullable<Step["undo"]> {
  const names = namesInWords(namesOf(step, place), step.host);
  const says = {
    stop: `starts those of ${names} that ran before`,
    down: `makes containers anew for those of ${names} that ran before`,
    start: `stops those of ${names} that did not run before`,
    up: `stops those of ${names} that did not run before`,
    restart: "",
  };
  return { says: says[step.do], commands: [command()], onFailure: false };
}

/** Until services run as they should. A dry run asks once, and says how it is. */
export function waitForServices(step: WaitStep & { host: string }, planning: ServicesPlanning): Step {
  const { place, mode } = planning;
  const names = namesOf(step, place);
  const withinMs = parseDuration(step.within) ?? 0;
  const isAsked = mode === "dry-run";
  const words = namesInWords(names, step.host);
  const check: Check = {
    title: `${words} ${isAsked ? "as it is now" : "runs"}`,
    source: tellCommand(actOf(step, "wait", planning)),
    judge: "services",
    args: { manager: managerName(step, place), be: isAsked ? "any" : "ready", jobs: names.length === 0 },
    onError: isAsked ? "not checked" : "fail",
    ...(isAsked ? {} : { poll: { upToMs: withinMs, for: `${words} to run` } }),
  };
  return {
    ...stepBase(step, titleOf("wait", names, step.host), withinMs + MINUTE),
    host: step.host,
    effect: "reads",
    ...(mode === "drill" && step.drill === "print" ? printed("live only") : { does: "run" as const }),
    checks: [check],
  };
}
