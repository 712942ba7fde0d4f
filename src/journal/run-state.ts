import { EXIT } from "../base/exit-codes.ts";
import type { CheckResult } from "../step/check.ts";
import type { Effect, Gate } from "../step/step.ts";
import { type Elapsed, elapse, NOTHING_ELAPSED } from "./elapsed.ts";
import type { EventBody, JournalEvent, StepResult } from "./events.ts";
import type { ProbeAnswer } from "./recovery-events.ts";

export interface StepState {
  id: string;
  /** `waiting` for what it needs, `gate` while a human is asked. */
  state: "waiting" | "gate" | "running" | StepResult;
  effect: Effect | undefined;
  /** Wall clock of its start, ISO. */
  startedAt: string | undefined;
  /** How often it was started; 0 before it was. */
  attempts: number;
  ms: number | undefined;
  command: string | undefined;
  checks: CheckResult[];
  error: { what: string; why?: string | undefined; next?: string | undefined } | undefined;
  output: { file: string; lines: number; bytes: number; sha256: string } | undefined;
  /** The command that was running when the journal was last written. */
  process: { pid: number; started: string } | undefined;
  /** What a probe said of it when the run was taken up again. */
  probed: ProbeAnswer | undefined;
}

/** Where a run stands: a fold over its journal and nothing else. */
export interface RunState {
  opened: Extract<EventBody, { type: "run.opened" }> | undefined;
  openedAt: string | undefined;
  /** Wall clock of the last event, ISO. */
  lastAt: string | undefined;
  steps: Map<string, StepState>;
  /** The gate that waits for an answer now. */
  gate: { step: string | null; gate: Gate; since: string } | undefined;
  /** The decision that waits for somebody now. */
  decision: Extract<EventBody, { type: "decision.opened" }> | undefined;
  decisions: Extract<EventBody, { type: "decision.made" }>[];
  /** Times in which nobody worked on the run: from the last event of one process to the opening by the next. */
  interruptions: { from: string; until: string }[];
  deviations: { step: string | null; what: string; because: string }[];
  notes: { text: string; by: string; at: string }[];
  identities: Extract<EventBody, { type: "identity.read" }>[];
  ended: Extract<EventBody, { type: "run.ended" }> | undefined;
  /** The process that opened it last has not said that it ended: it works, or died. */
  open: boolean;
  /** Wall clock of the verdict, ISO: what comes later (undo, clean-up) is no part of the recovery. */
  endedAt: string | undefined;
  elapsed: Elapsed;
  /** Milliseconds from the first opening to the verdict. */
  tookMs: number | undefined;
  /** Steps whose kept things were removed by a later cleanup. */
  removed: string[];
}

export function emptyRunState(): RunState {
  return {
    opened: undefined,
    openedAt: undefined,
    lastAt: undefined,
    steps: new Map(),
    gate: undefined,
    decision: undefined,
    decisions: [],
    interruptions: [],
    deviations: [],
    notes: [],
    identities: [],
    ended: undefined,
    open: false,
    endedAt: undefined,
    elapsed: NOTHING_ELAPSED,
    tookMs: undefined,
    removed: [],
  };
}

const blank = (id: string): StepState => ({
  id,
  state: "waiting",
  effect: undefined,
  startedAt: undefined,
  attempts: 0,
  ms: undefined,
  command: undefined,
  checks: [],
  error: undefined,
  output: undefined,
  process: undefined,
  probed: undefined,
});

/** A step that is begun again is no longer taken back, whatever was undone before. */
function beganAgain(state: RunState, id: string): RunState {
  const back = [`undo ${id}`, `cleanup ${id}`].filter((one) => state.steps.has(one));
  if (back.length === 0) return state;
  const steps = new Map(state.steps);
  for (const one of back) steps.delete(one);
  return { ...state, steps };
}

function withStep(state: RunState, id: string, change: Partial<StepState>): RunState {
  const steps = new Map(state.steps);
  steps.set(id, { ...(steps.get(id) ?? blank(id)), ...change });
  return { ...state, steps };
}

/** A run taken up again: what the process before it said last, or was asked, is over. */
function reopened(state: RunState, event: Extract<JournalEvent, { type: "run.opened" }>): RunState {
  const steps = new Map(
    [...state.steps].map(([id, step]): [string, StepState] => [
      id,
      step.state === "gate" || step.state === "running" ? { ...step, state: "waiting" } : step,
    ]),
  );
  const openedAt = state.openedAt ?? event.at;
  // A run that was finished is not interrupted by a later undo or clean-up.
  const finished = state.ended?.exit === EXIT.done || state.ended?.exit === EXIT.deviations;
  const interruptions =
    state.opened === undefined || finished
      ? state.interruptions
      : [...state.interruptions, { until: event.at, from: state.lastAt ?? event.at }];
  return { ...state, opened: event, openedAt, steps, gate: undefined, decision: undefined, interruptions };
}

/** The verdict stands through a later undo or clean-up; it falls when work on the plan itself goes on. */
function goesOn(state: RunState, step: string | null): RunState {
  if (state.ended === undefined || step === null || /^(undo|cleanup) /.test(step)) return state;
  return { ...state, ended: undefined, endedAt: undefined, tookMs: undefined };
}

/** One event further. Returns a new state; the old one stays valid for whoever draws it. */
export function applyEvent(before: RunState, event: JournalEvent): RunState {
  const elapsed = elapse(before.elapsed, event);
  const state: RunState = { ...before, lastAt: event.at, elapsed };
  switch (event.type) {
    case "run.opened":
      return { ...reopened(before, event), open: true, lastAt: event.at, elapsed };
    case "identity.read":
      return { ...state, identities: [...state.identities, event] };
    case "gate.opened": {
      const next = {
        ...goesOn(state, event.step),
        gate: { step: event.step, gate: event.gate, since: event.at },
      };
      return event.step === null ? next : withStep(next, event.step, { state: "gate" });
    }
    case "gate.answered": {
      const next = { ...state, gate: undefined };
      return event.step === null ? next : withStep(next, event.step, { state: "waiting" });
    }
    case "step.started":
      return withStep(beganAgain(goesOn(state, event.step), event.step), event.step, {
        ...blank(event.step),
        state: "running",
        effect: event.effect,
        startedAt: event.at,
        attempts: (state.steps.get(event.step)?.attempts ?? 0) + 1,
      });
    case "command.started":
      return withStep(state, event.step, { command: event.line });
    case "command.spawned":
      return withStep(state, event.step, { process: { pid: event.pid, started: event.pidStarted } });
    case "command.ended":
      return withStep(state, event.step, { process: undefined });
    case "probe.answered":
      return withStep(state, event.step, { probed: event.answer });
    case "decision.opened":
      return withStep({ ...goesOn(state, event.step), decision: event }, event.step, {});
    case "decision.made":
      return { ...state, decision: undefined, decisions: [...state.decisions, event] };
    case "differences.accepted":
    case "lock.taken-over":
      return state;
    case "step.ended":
      return withStep(state, event.step, {
        state: event.result,
        ms: event.ms,
        checks: event.checks,
        error: event.error,
        output: event.output,
      });
    case "deviation":
      return { ...state, deviations: [...state.deviations, event] };
    case "note":
      return { ...state, notes: [...state.notes, { text: event.text, by: event.by, at: event.at }] };
    case "kept.removed":
      return { ...state, removed: [...state.removed, event.step] };
    case "run.ended":
      return { ...state, ended: event, endedAt: event.at, tookMs: elapsed.ms, open: false };
  }
}

/** The whole journal at once. */
export function foldRun(events: Iterable<JournalEvent>): RunState {
  let state = emptyRunState();
  for (const event of events) state = applyEvent(state, event);
  return state;
}
