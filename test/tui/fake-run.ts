import type { EventBody, JournalEvent } from "../../src/journal/events.ts";
import { RunFeed } from "../../src/journal/feed.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import type { CheckResult } from "../../src/step/check.ts";
import type { Step } from "../../src/step/step.ts";
import { choicesOf } from "./fake-decision.ts";
import type { DecisionAnswer, GateAnswer, RunControl, RunOutcome } from "../../src/tui/services.ts";

export interface FakeRunOptions {
  now: () => Date;
  /** Rests between the things that happen; the default goes through at once. */
  pause?: (what: string) => Promise<void>;
  /** The id of a step that fails. */
  fail?: string | undefined;
  /** The id of a step that fails until something is decided about it. */
  decide?: string | undefined;
  /** Somebody else's run. */
  readOnly?: boolean;
  /** What was in the journal before: a run taken up again. */
  before?: readonly JournalEvent[];
  /** Lines of output of each step. */
  lines?: number;
}

export interface FakeRun extends RunControl {
  answers: GateAnswer[];
  decisions: DecisionAnswer[];
  interrupts: number;
}

const CHECKS: CheckResult[] = [
  { name: "rows of orders", level: "counts", result: "pass", expected: "120,400", found: "120,400" },
  { name: "rows of plots_geo", level: "counts", result: "not checked", why: "no manifest for plots_geo" },
];

/** A run that is only events: what the engine would emit for the plan, without doing anything. */
export function fakeRun(plan: Plan, options: FakeRunOptions): FakeRun {
  const { now, pause = () => Promise.resolve(), fail, decide, lines = 6 } = options;
  const feed = new RunFeed(() => now().getTime(), 5);
  const folder = `/home/root/.local/state/lifeboat/runs/${plan.run}`;
  let seq = 0;
  let answer: ((given: GateAnswer) => void) | undefined;
  let decided: ((given: DecisionAnswer) => void) | undefined;
  let deviated = false;
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

  /** One question about a failed step; undefined when the run goes on. */
  async function decision(step: Step): Promise<RunOutcome | undefined> {
    const asked = new Promise<DecisionAnswer>((resolve) => {
      decided = resolve;
    });
    const failure = {
      what: "npx: exit 1",
      why: 'relation "plots_geo" already exists\nlikely: this migration was applied by hand before',
      next: "look whether the table is as the migration would make it",
    };
    const changed = ["plotzed is the restored copy", "the old data is kept as plotzed__before_1120"];
    emit({ type: "decision.opened", step: step.id, failure, changed, choices: choicesOf(step) });
    const given = await Promise.race([asked, stopped]);
    decided = undefined;
    if (given === "stopped") return interrupted();
    const { choice, because } = given;
    const reason = because === undefined ? {} : { because };
    emit({ type: "decision.made", step: step.id, choice, how: "typed", ...reason });
    if (choice === "undo") return ended(21, "FAILED AND UNDONE", ["plotzed: as it was"], []);
    if (choice === "leave") return interrupted();
    if (choice === "skip" || choice === "edit") {
      const what = choice === "skip" ? "skipped" : "run with an edited command";
      emit({ type: "deviation", step: step.id, what, because: because ?? "no reason given" });
      deviated = true;
    }
    if (choice === "skip") emit({ type: "step.ended", step: step.id, result: "skipped", ms: 0, checks: [] });
    else await work(step, 2);
    return undefined;
  }

  async function work(step: Step, attempt = 1): Promise<boolean> {
    emit({ type: "step.started", step: step.id, effect: step.effect, attempt });
    emit({
      type: "command.started",
      step: step.id,
      index: 0,
      line: step.commands[0]?.argv.join(" ") ?? "read",
    });
    for (let line = 1; line <= lines; line += 1) {
      // A watcher has the journal alone, which keeps no output.
      if (!options.readOnly)
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
    const failed = step.id === fail || (step.id === decide && attempt === 1);
    emit({
      type: "step.ended",
      step: step.id,
      result: failed ? "failed" : "done",
      ms: 1234,
      checks: step.checks.length > 0 ? CHECKS : [],
      output: { file: `output/${step.id}.log`, lines, bytes: 100, sha256: "0".repeat(64) },
      ...(failed
        ? { error: { what: `${step.title}: exit 3`, why: "relation exists\nlikely: look", next: "look" } }
        : {}),
    });
    return true;
  }

  async function run(): Promise<RunOutcome> {
    for (const event of options.before ?? []) feed.event(event);
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
      if (feed.snapshot().state.steps.get(step.id)?.state === "done") continue;
      if (step.does === "print") {
        emit({ type: "step.ended", step: step.id, result: "printed", ms: 0, checks: [] });
        continue;
      }
      const passed = await gate(step);
      if (passed === "stopped") return interrupted();
      if (passed === "refused") return refused();
      if (!(await work(step))) return interrupted();
      if (step.id === fail) return ended(20, "FAILED", ["plotzed: unchanged"], ["look at the output"]);
      const over = step.id === decide ? await decision(step) : undefined;
      if (over) return over;
    }
    return ended(
      deviated ? 23 : 0,
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
    decisions: [],
    readOnly: options.readOnly ?? false,
    failedCommand: () => "npx prisma migrate deploy",
    answerDecision(given) {
      control.decisions.push(given);
      decided?.(given);
    },
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
