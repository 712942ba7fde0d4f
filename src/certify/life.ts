import { takeBack } from "../engine/undo-steps.ts";
import { probeInFlight, settleInFlight, standingOf } from "../engine/resume.ts";
import { emit, type RunContext } from "../engine/run-context.ts";
import { runPlan, stepsToTakeBack } from "../engine/run-plan.ts";
import { Turn } from "../engine/turn.ts";
import type { JournalEvent } from "../journal/events.ts";
import { RunFeed } from "../journal/feed.ts";
import { createRedactor } from "../journal/redact.ts";
import { foldRun } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Judge } from "../step/check.ts";
import { Killed, mortalJournal } from "./mortal-journal.ts";
import type { SimulatedWorld } from "./world.ts";

/** One process working on the run: from its opening to its end or its death. */
export interface Life {
  events: JournalEvent[];
  /** undefined when it died. */
  exit: number | undefined;
}

export interface Death {
  /** Which line of this life's journal; 0 for a life that reaches its end. */
  at: number;
  half: "before" | "after";
}

export const IMMORTAL: Death = { at: 0, half: "after" };

const GREEN: Judge = (_evidence, _args) => [{ name: "simulated", level: "other", result: "pass" }];

class AllGreen extends Map<string, Judge> {
  override get(): Judge {
    return GREEN;
  }
}

function open(
  plan: Plan,
  world: SimulatedWorld,
  before: readonly JournalEvent[],
  death: Death,
  folder: string,
): RunContext & { events: JournalEvent[] } {
  const journal = mortalJournal(before, death.at, death.half, () => (world.frozen = true));
  const feed = new RunFeed(() => 0);
  for (const event of before) feed.event(event);
  world.frozen = false;
  // Nobody waits in a simulated world: time goes by at once.
  let slept = 0;
  const context: RunContext = {
    plan,
    folder,
    journal,
    feed,
    clock: { now: () => new Date(0), mono: () => performance.now() + slept },
    sleep: async (ms) => void (slept += ms),
    launch: world.launch,
    redactor: createRedactor([]),
    judges: new AllGreen(),
    inspect: async () => ({
      results: GREEN({ stdout: "", stderr: "", exit: 0 }, {}, () => undefined),
      facts: {},
    }),
    ask: async () => ({ answer: "confirmed", how: "flag" }),
    lockLost: () => undefined,
    identify: async (store) => {
      const identity = plan.targets.find((target) => target.store === store)?.identity;
      if (!identity) throw new Error("a simulated store has an identity");
      return identity;
    },
    identifyHost: async (host) => plan.hosts?.find((one) => one.host === host)?.identity ?? {},
    stop: new AbortController(),
    facts: new Map(),
    gates: new Turn(),
  };
  return { ...context, events: journal.events };
}

async function live(
  context: RunContext & { events: JournalEvent[] },
  work: () => Promise<number>,
): Promise<Life> {
  try {
    emit(context, {
      type: "run.opened",
      version: 1,
      run: context.plan.run,
      system: context.plan.system,
      runbook: context.plan.runbook,
      title: context.plan.title,
      mode: context.plan.mode,
      plan: context.plan.hash,
      operator: "certify",
      machine: "simulated",
      pid: 1,
      pidStarted: "",
      lifeboat: "certify",
    });
    return { events: context.events, exit: await work() };
  } catch (error) {
    if (error instanceof Killed) return { events: context.events, exit: undefined };
    throw error;
  }
}

export function runLife(plan: Plan, world: SimulatedWorld, death: Death, folder: string): Promise<Life> {
  const context = open(plan, world, [], death, folder);
  return live(context, async () => (await runPlan(context, { onFailure: "stop" })).exit);
}

export function resumeLife(
  plan: Plan,
  world: SimulatedWorld,
  before: readonly JournalEvent[],
  folder: string,
): Promise<Life> {
  const context = open(plan, world, before, IMMORTAL, folder);
  const standing = standingOf(plan, foldRun(before));
  return live(context, async () => {
    const probed = await probeInFlight(context, standing);
    const now = await settleInFlight(context, standing, probed, new Map());
    return (await runPlan(context, { onFailure: "stop" }, now)).exit;
  });
}

export function undoLife(
  plan: Plan,
  world: SimulatedWorld,
  before: readonly JournalEvent[],
  folder: string,
): Promise<Life> {
  const context = open(plan, world, before, IMMORTAL, folder);
  return live(context, async () => {
    const begun = plan.steps.some(
      (step) => step.undo && foldRun(before).steps.get(step.id)?.startedAt !== undefined,
    );
    for (const step of begun ? stepsToTakeBack(context, "undo").toReversed() : []) {
      if (await takeBack(context, step, "undo")) return 22;
    }
    return 0;
  });
}
