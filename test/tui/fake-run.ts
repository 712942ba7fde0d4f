import type { EventBody, JournalEvent } from "../../src/journal/events.ts";
import { RunFeed } from "../../src/journal/feed.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import type { CheckResult } from "../../src/step/check.ts";
import type { Step } from "../../src/step/step.ts";
import type { GateAnswer, RunControl, RunOutcome } from "../../src/tui/services.ts";

export interface FakeRunOptions {
  now: () => Date;
  /** Rests between the things that happen; the default goes through at once. */
  pause?: (what: string) => Promise<void>;
  /** The id of a step that fails. */
  fail?: string | undefined;
  /** Lines of output of each step. */
  lines?: number;
}

export interface FakeRun extends RunControl {
  answers: GateAnswer[];
  interrupts: number;
}

const CHECKS: CheckResult[] = [
  { name: "rows of orders", level: "counts", result: "pass", expected: "120,400", found: "120,400" },
  { name: "rows of plots_geo", level: "counts", result: "not checked", why: "no manifest for plots_geo" },
];

/** A run that is only events: what the engine would emit for the plan, without doing anything. */
export function fakeRun(plan: Plan, options: FakeRunOptions): FakeRun {
  const { now, pause = () => Promise.resolve(), fail, lines = 6 } = options;
  const feed = new RunFeed(() => now().getTime(), 5);
  const folder = `/home/root/.local/state/lifeboat/runs/${plan.run}`;
  let seq = 0;
  let answer: ((given: GateAnswer) => void) | undefined;
  let stop: (() => void) | undefined;
  const stopped = new Promise<"stopped">((resolve) => {
    stop = () => resolve("stopped");
  });
  const emit = (body: EventBody): void => {
    seq += 1;
    const event: JournalEvent = { ...body, seq, at: now().toISOString(), mono: seq, prev: "0".repeat(64) };
    feed.event(event);
  };
  const ended = (exit: number, word: string, state: string[], next: string[]): RunOutcome => {
    emit({ type: "run.ended", exit, word, state, next });
    return { exit, report: `${folder}/report.md` };
  };
  const refused = (): RunOutcome => ended(30, "REFUSED AT A GATE", ["plotzed: unchanged"], []);
  const interrupted = (): RunOutcome =>
    ended(130, "INTERRUPTED", ["plotzed: unchanged"], [`lifeboat resume ${plan.run}`]);

  async function gate(step: Step): Promise<"confirmed" | "refused" | "stopped"> {
    if (!step.gate) return "confirmed";
    const asked = new Promise<GateAnswer>((resolve) => {
      answer = resolve;
    });
    emit({ type: "gate.opened", step: step.id, gate: step.gate });
    const given = await Promise.race([asked, stopped]);
    answer = undefined;
    if (given === "stopped") return given;
    emit({ type: "gate.answered", step: step.id, how: "typed", ...given });
    return given.answer;
  }

  async function work(step: Step): Promise<boolean> {
    emit({ type: "step.started", step: step.id, effect: step.effect, attempt: 1 });
    emit({
      type: "command.started",
      step: step.id,
      index: 0,
      line: step.commands[0]?.argv.join(" ") ?? "read",
    });
    for (let line = 1; line <= lines; line += 1) {
      feed.signal({
        type: "output",
        step: step.id,
        lines: [`${step.id}: \u001B[31mline ${line}\u0007 データ of "public.events"`],
        total: line,
      });
      if (step.id === "beside")
        feed.signal({
          type: "progress",
          step: step.id,
          fraction: line / lines,
          words: `${Math.round((100 * line) / lines)} %  41 MB/s`,
        });
      const over = await Promise.race([pause(`${step.id} ${line}`), stopped]);
      if (over === "stopped") {
        emit({ type: "step.ended", step: step.id, result: "cancelled", ms: 1200, checks: [] });
        return false;
      }
    }
    const failed = step.id === fail;
    emit({
      type: "step.ended",
      step: step.id,
      result: failed ? "failed" : "done",
      ms: 1234,
      checks: step.checks.length > 0 ? CHECKS : [],
      output: { file: `output/${step.id}.log`, lines, bytes: 100, sha256: "0".repeat(64) },
      ...(failed ? { error: { what: `${step.title}: exit 3`, why: "relation exists", next: "look" } } : {}),
    });
    return true;
  }

  async function run(): Promise<RunOutcome> {
    emit({
      type: "run.opened",
      version: 1,
      run: plan.run,
      system: plan.system,
      runbook: plan.runbook,
      title: plan.title,
      mode: plan.mode,
      plan: plan.hash,
      operator: "root",
      machine: "jump1",
      pid: 1,
      pidStarted: "",
      lifeboat: "0.1.0",
    });
    for (const step of plan.steps) {
      if (step.does === "print") {
        emit({ type: "step.ended", step: step.id, result: "printed", ms: 0, checks: [] });
        continue;
      }
      const passed = await gate(step);
      if (passed === "stopped") return interrupted();
      if (passed === "refused") return refused();
      if (!(await work(step))) return interrupted();
      if (step.id === fail) return ended(20, "FAILED", ["plotzed: unchanged"], ["look at the output"]);
    }
    return ended(
      0,
      { live: "RECOVERED", drill: "DRILL PASSED", "dry-run": "DRY RUN DONE" }[plan.mode],
      ["plotzed: the restored data", "plotzed__before_1120: the data as it was"],
      [],
    );
  }

  const control: FakeRun = {
    plan,
    feed,
    folder,
    answers: [],
    interrupts: 0,
    answerGate(given) {
      control.answers.push(given);
      answer?.(given);
    },
    interrupt() {
      control.interrupts += 1;
      stop?.();
    },
    // A turn later, as a real run: nobody watches before start() has given the control.
    finished: Promise.resolve().then(run),
  };
  return control;
}
