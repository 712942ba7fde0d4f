import { markdownCode, markdownText } from "../base/markdown.ts";
import { lastSafeMoment, reachesUsers } from "../plan/last-safe-moment.ts";
import type { Step } from "../step/step.ts";
import { atWork } from "./handover-position.ts";
import { block, lines } from "./handover-step.ts";
import { type HandoverInput, isGoingBack, keepers, named, stepsLeft } from "./handover-steps.ts";
import { wrapProse } from "./wrap.ts";
import { stepName } from "./words.ts";

const bullet = (text: string): string[] => wrapProse(text, "- ");

/** Two hands on the same data are worse than one tired one. */
export function alone(input: HandoverInput): string[] {
  const { plan, state } = input;
  if (state.ended || state.opened === undefined) return [];
  const { pid, machine, operator } = state.opened;
  const pids = `ps -o pid,lstart,args -p ${pid}`;
  return [
    "## First: nobody else may work on it",
    "",
    ...wrapProse(
      `Lifeboat ran as process ${pid} on ${markdownText(machine)}, started by ${markdownText(operator)}. There, this must list no process:`,
    ),
    "",
    ...lines([`${pids} || echo gone`]),
    ...atWork(input).flatMap(({ step, pid: group }) => [
      ...wrapProse(`The command of ${markdownText(stepName(plan, step))} may still work. There, end it:`),
      "",
      ...lines([`kill -- -${group} 2>/dev/null || echo gone`]),
    ]),
    ...plan.targets.flatMap(({ store, sessions }) =>
      sessions === undefined || plan.mode === "dry-run"
        ? []
        : [
            ...block(`Sessions of this run at ${markdownText(store)}; this must show nothing:`, [
              sessions.look,
            ]),
            ...block("If it shows something, end them:", [sessions.end]),
          ],
    ),
  ];
}

/** What would make it worse. */
export function cautions(input: HandoverInput): string[] {
  const { plan, state } = input;
  if (plan.mode === "dry-run") return [];
  const begun = (step: Step): boolean => state.steps.get(step.id)?.startedAt !== undefined;
  const left = stepsLeft(input);
  const proof = left.find((step) => step.failsAs === "red");
  const next = left.find(reachesUsers);
  const untouched = plan.targets.filter(
    (t) => !plan.steps.some((s) => s.store === t.store && reachesUsers(s) && begun(s)),
  );
  const said = [
    ...untouched.map(
      (t) =>
        `do not change ${markdownText(t.name)} by other means: it is as it was, and holds all there is from before`,
    ),
    ...keepers(input)
      .filter(begun)
      .map(
        (step) =>
          `do not remove what is kept (it ${markdownText(step.cleanup?.says ?? "")}): it is the way back`,
      ),
    ...(left.length > 0
      ? [
          `do not start another ${markdownCode("lifeboat run")} on ${markdownText(plan.system)} while this one is open`,
          "do not repeat what is done: only what is left stands below",
          ...plan.backups.map((b) => `do not move or change the backup ${markdownCode(b.path)}`),
        ]
      : []),
    ...(proof && next
      ? [`do not begin ${named(plan, next)} before ${named(plan, proof)} has shown what it must`]
      : []),
  ];
  if (said.length === 0) return [];
  return ["## What must not be done", "", ...said.flatMap(bullet), ""];
}

/** What somebody has to make up their mind about next, and until when one can still stop. */
export function decision(input: HandoverInput): string[] {
  const text = decisionLines(input);
  return text.length === 0 ? [] : ["## The next decision", "", ...text.flatMap(bullet), ...safe(input), ""];
}

function decisionLines(input: HandoverInput): string[] {
  const { plan, state } = input;
  if (isGoingBack(input))
    return [`finish going back: ${markdownCode(`lifeboat undo ${plan.run}`)}, or by hand as below`];
  const left = stepsLeft(input);
  const [first] = left;
  if (first === undefined) return [];
  const failed = left.find((step) => state.steps.get(step.id)?.state === "failed");
  if (state.decision || failed) {
    const step = failed ?? first;
    const offered = state.decision?.choices.filter((c) => c.choice !== "shell" && c.choice !== "edit") ?? [];
    return [
      `${named(plan, step)} failed: finish it by hand and go on, or take everything back`,
      ...offered.map((c) => `Lifeboat offers: ${markdownText(c.title)} (${markdownText(c.says)})`),
    ];
  }
  const gate = left.find((step) => step.gate);
  if (gate?.gate)
    return [
      `before ${named(plan, gate)}: ${[...gate.gate.says, gate.gate.prompt].map(markdownText).join(" ")}`,
    ];
  return ["none: what is left needs nobody's consent, only care"];
}

function safe({ plan, state }: HandoverInput): string[] {
  const moment = lastSafeMoment(plan);
  if (plan.mode !== "live" || !moment || state.steps.get(moment.id)?.startedAt !== undefined) return [];
  return bullet(`until ${named(plan, moment)} is begun, one can stop with nothing changed for users`);
}
