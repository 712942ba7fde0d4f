import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { messageOf } from "../base/errors.ts";
import { emit, type RunContext } from "../engine/run-context.ts";
import { runPlan, type RunOptions } from "../engine/run-plan.ts";
import { takeNotes } from "./notes.ts";
import { openJournal } from "../journal/append.ts";
import { RunFeed } from "../journal/feed.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { type Asking, emitOpened, openContext } from "./open-context.ts";
import { lockStores, type StoreLocks } from "./store-locks.ts";
import type { Prepared } from "./prepare.ts";
import type { World } from "./world.ts";
import { writeReport } from "./write-report.ts";

export interface StartOptions extends RunOptions, Asking {
  /** How the plan was confirmed; undefined where nothing has to be confirmed. */
  confirmed?: "typed" | "flag" | undefined;
}

export interface StartedRun {
  plan: Plan;
  feed: RunFeed;
  folder: string;
  interrupt: () => void;
  /** Journals something that was done beside the plan, such as a shell. */
  deviate: (what: string, because: string) => void;
  finished: Promise<{ exit: number; report: string }>;
}

/** Opens the run's folder and journal, takes the locks (exit 31), then runs. Resolves as soon as the run has begun. */
export async function startRun(world: World, prepared: Prepared, options: StartOptions): Promise<StartedRun> {
  const { plan, stores, vault } = prepared;
  const locks = await lockStores(world, { plan, stores, vault, takeOver: prepared.choice.takeOver });
  try {
    return begin(world, prepared, options, locks);
  } catch (error) {
    // Held on, the lock at the server would keep this process alive, and every other run out.
    await locks.release();
    throw error;
  }
}

function begin(world: World, prepared: Prepared, options: StartOptions, locks: StoreLocks): StartedRun {
  const { plan, folder, redactor } = prepared;
  mkdirSync(join(folder, "output"), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "plan.json"), `${JSON.stringify(plan, null, 1)}\n`, { mode: 0o600 });
  const journal = openJournal(join(folder, "journal.jsonl"), world.clock, redactor.text);
  const feed = new RunFeed(() => world.clock.now().getTime());
  const { ask, decide } = options;
  const context = openContext(world, prepared, journal, feed, { ask, decide, locks });
  const finished = toItsEnd(context, world, locks, async () => {
    journalStart(context, prepared, options);
    return (await runPlan(context, { onFailure: options.onFailure })).exit;
  });
  return handle(context, finished);
}

/** What presenters and the operator hold of a run that is going on. */
export function handle(context: RunContext, finished: StartedRun["finished"]): StartedRun {
  const { plan, feed, folder, stop } = context;
  return {
    plan,
    feed,
    folder,
    interrupt: () => stop.abort("interrupted"),
    deviate: (what, because) =>
      emit(context, { type: "deviation", step: feed.snapshot().state.decision?.step ?? null, what, because }),
    finished,
  };
}

/** Runs `work` in an opened context, then writes the report, lets the locks go and closes the journal. */
export async function toItsEnd(
  context: RunContext,
  world: World,
  locks: StoreLocks,
  work: () => Promise<number>,
): Promise<{ exit: number; report: string }> {
  const notes = takeNotes(context);
  try {
    // Presenters subscribe after the caller has returned; nothing may happen before they listen.
    await setImmediate();
    emitOpened(world, context);
    for (const taken of locks.takenOver) emit(context, { type: "lock.taken-over", ...taken });
    const exit = await work();
    notes.take();
    await context.beforeClosing?.();
    return { exit, report: writeReport(context.folder) };
  } catch (error) {
    // The journal is lost: the last resort is a line beside it.
    tryAppend(join(context.folder, "broken.txt"), `${world.clock.now().toISOString()} ${messageOf(error)}\n`);
    throw error;
  } finally {
    notes.stop();
    await locks.release();
    context.journal.close();
  }
}

function journalStart(context: RunContext, prepared: Prepared, options: StartOptions): void {
  for (const { store, identity } of context.plan.targets) {
    if (identity)
      emit(context, { type: "identity.read", store, identity, when: "when the plan was made" }, false);
  }
  journalConfirmation(context, options);
  for (const { title, loses, because } of context.plan.leftOut ?? [])
    emit(context, { type: "deviation", step: null, what: `left out: ${title}; then ${loses}`, because });
  const because = prepared.choice.skipSafetyCopy;
  if (because !== undefined && context.plan.bringsUp === undefined)
    emit(context, { type: "deviation", step: null, what: "no safety copy was made", because });
}

function journalConfirmation(context: RunContext, options: StartOptions): void {
  if (options.confirmed === undefined) return;
  const [target] = context.plan.targets;
  emit(
    context,
    {
      type: "gate.opened",
      step: null,
      gate: {
        kind: "confirm",
        prompt: "Start this live run?",
        says: [
          ...(context.plan.warnings ?? []),
          ...context.plan.keeps.map((kept) => `you keep ${kept}`),
          ...context.plan.notes,
        ],
        ...(target ? { expect: target.name } : {}),
      },
    },
    false,
  );
  emit(context, { type: "gate.answered", step: null, answer: "confirmed", how: options.confirmed }, false);
}

function tryAppend(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 });
  } catch {
    // The same disk is full: the error itself is still printed.
  }
}
