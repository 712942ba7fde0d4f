import { counted } from "../../base/size.ts";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { emit, type RunContext } from "../../engine/run-context.ts";
import { stepsToTakeBack } from "../../engine/run-plan.ts";
import { takeBack } from "../../engine/undo-steps.ts";
import { presentPlain } from "../../output/plain.ts";
import type { Step } from "../../step/step.ts";
import { askLine } from "../ask-line.ts";
import { refuseUnderLaterRestore } from "../later-restores.ts";
import { findLeftovers } from "../leftovers.ts";
import { takeNotes } from "../notes.ts";
import { emitOpened } from "../open-context.ts";
import { continueRun, openPastRun, restingRun } from "../past-run.ts";
import { lockStores } from "../store-locks.ts";
import { leave, onSignals } from "../signals.ts";
import type { World } from "../world.ts";
import { writeReport } from "../write-report.ts";

type What = "undo" | "cleanup";

const WORDS = {
  undo: { done: "UNDONE", failed: EXIT.undoFailed },
  cleanup: { done: "CLEANED UP", failed: EXIT.failed },
} as const;

const nobody = { ask: async () => ({ answer: "refused", how: "nobody" }) as const };

/** `lifeboat undo <run>` and `lifeboat cleanup <run>`: backwards through what the run left; can itself be made again. */
export async function takeBackRun(
  world: World,
  wanted: string,
  what: What,
  confirm: readonly string[],
): Promise<number> {
  const past = await openPastRun(world, restingRun(world, wanted));
  const leftovers = await findLeftovers(past);
  for (const line of leftovers.says) world.stdout.write(`still running, will be ended: ${line}\n`);
  const { plan, stores, vault } = past.material;
  const locks = await lockStores(world, { plan, stores, vault, takeOver: undefined });
  let context: RunContext | undefined;
  let notes: ReturnType<typeof takeNotes> | undefined;
  try {
    context = continueRun(world, past, { ...nobody, locks });
    // Whatever is decided about the rest: nobody watches these any more, and new runs are refused while they live.
    await leftovers.end();
    const steps = stepsToTakeBack(context, what);
    if (what === "undo") refuseUnderLaterRestore(world, past.record, steps);
    await requireConsent(world, context, { what, steps, confirm });
    emitOpened(world, context);
    notes = takeNotes(context);
    return await takeBackSteps(world, context, what, steps);
  } finally {
    notes?.stop();
    context?.journal.close();
    await locks.release();
  }
}

async function takeBackSteps(
  world: World,
  context: RunContext,
  what: What,
  steps: readonly Step[],
): Promise<number> {
  const stopPresenting = presentPlain(context.feed, context.plan, world.stdout, world.clock.now);
  const stopSignals = onSignals(
    () => context.stop.abort("interrupted"),
    () => leave(EXIT.interrupted),
  );
  let exit: number = EXIT.done;
  for (const step of steps.toReversed()) {
    world.stdout.write(`${what}: ${step[what]?.says ?? step.title}\n`);
    const failure = await takeBack(context, step, what);
    if (failure) exit = context.stop.signal.aborted ? EXIT.interrupted : WORDS[what].failed;
    else if (what === "cleanup")
      emit(context, { type: "kept.removed", step: step.id, name: step.cleanup?.expect ?? step.id });
    if (failure) break;
  }
  const done = exit === EXIT.done;
  // With those that were taken back before an interruption.
  const all = [...context.feed.snapshot().state.steps.values()].filter(
    (step) => step.id.startsWith(`${what} `) && step.state === "done",
  ).length;
  const state = [
    done ? `${what} of ${counted(all, "step")} done` : `${what} stopped: the message above says where`,
  ];
  const next = done ? [] : [`go on with: lifeboat ${what} ${context.plan.run}`];
  emit(context, {
    type: "run.ended",
    exit,
    word: done ? WORDS[what].done : `${what.toUpperCase()} FAILED`,
    state,
    next,
  });
  stopSignals();
  stopPresenting();
  world.stdout.write(`report: ${writeReport(context.folder)}\n`);
  return exit;
}

/** What is removed, or whose data changes, is typed or given by --confirm. */
async function requireConsent(
  world: World,
  context: RunContext,
  { what, steps, confirm }: { what: What; steps: readonly Step[]; confirm: readonly string[] },
): Promise<void> {
  const { plan } = context;
  if (plan.mode !== "live") return;
  const names =
    what === "cleanup"
      ? steps.flatMap((s) => (s.cleanup ? [s.cleanup.expect] : []))
      : plan.targets.map((t) => t.name);
  for (const name of names.filter((one) => !confirm.includes(one))) {
    for (const step of steps.toReversed()) world.stdout.write(`this ${step[what]?.says ?? ""}\n`);
    if ((await askLine(world, `Type ${name} to go on: `)) === name) continue;
    throw new LifeboatError(EXIT.refused, {
      what:
        what === "cleanup"
          ? `this removes ${name} for good, and was not confirmed`
          : `this changes ${name}, and was not confirmed`,
      where: `run ${plan.run}`,
      next: `lifeboat ${what} ${plan.run} --confirm ${name}`,
    });
  }
}
