import { join } from "node:path";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { emit, type RunContext } from "../../engine/run-context.ts";
import { stepsToTakeBack } from "../../engine/run-plan.ts";
import { takeBack } from "../../engine/undo-steps.ts";
import { Turn } from "../../engine/turn.ts";
import { openJournal } from "../../journal/append.ts";
import { RunFeed } from "../../journal/feed.ts";
import { createRedactor } from "../../journal/redact.ts";
import { presentPlain } from "../../output/plain.ts";
import { findSystems, runbookRoots, systemNamed } from "../../runbook/find.ts";
import { loadForPlan } from "../../runbook/load.ts";
import { allJudges } from "../../stores/registry.ts";
import { askLine } from "../ask-line.ts";
import { inspect } from "../inspect.ts";
import { launcherFor } from "../prepare.ts";
import { readRun, runFolder } from "../run-folder.ts";
import { isRunning } from "../unfinished.ts";
import { writeReport } from "../write-report.ts";
import type { World } from "../world.ts";

const WORDS = {
  undo: { done: "UNDONE", failed: EXIT.undoFailed },
  cleanup: { done: "CLEANED UP", failed: EXIT.failed },
} as const;

/** Continues the journal of a run that is over. */
async function reopen(world: World, wanted: string): Promise<RunContext> {
  const record = readRun(runFolder(world, wanted));
  const { plan, folder, reading } = record;
  if (reading.broken) {
    throw new LifeboatError(EXIT.failed, {
      what: "this journal was changed, so it is no basis for commands",
      where: join(folder, "journal.jsonl"),
      why: `line ${reading.broken.line}: ${reading.broken.why}`,
      next: "do it by hand: the commands are in plan.json under undo and cleanup",
    });
  }
  if (isRunning(world, record))
    throw new LifeboatError(EXIT.locked, {
      what: `run ${plan.run} is still going on`,
      where: `process ${record.state.opened?.pid}`,
      next: "stop it first (ctrl-c there)",
    });
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const { runbook } = await loadForPlan(systemNamed(systems, plan.system).folder, plan.runbook, world.env);
  const redactor = createRedactor(runbook.vault.values());
  const feed = new RunFeed(() => world.clock.now().getTime());
  for (const event of reading.events) feed.event(event);
  return {
    plan,
    folder,
    journal: openJournal(join(folder, "journal.jsonl"), world.clock, redactor.text, reading.after),
    feed,
    clock: world.clock,
    launch: launcherFor(world, runbook.vault, "everything"),
    redactor,
    judges: allJudges(),
    inspect,
    ask: async () => ({ answer: "refused", how: "nobody" }),
    identify: () => Promise.reject(new Error("not asked")),
    stop: new AbortController(),
    facts: new Map(),
    gates: new Turn(),
  };
}

/** `lifeboat undo <run>` and `lifeboat cleanup <run>`: backwards through what the run left. */
export async function takeBackRun(
  world: World,
  wanted: string,
  what: "undo" | "cleanup",
  confirm: readonly string[],
): Promise<number> {
  const context = await reopen(world, wanted);
  const steps = stepsToTakeBack(context, what);
  await requireConsent(world, context, what, confirm);
  const stopPresenting = presentPlain(context.feed, context.plan, world.stdout, world.clock.now);
  let exit: number = EXIT.done;
  for (const step of steps.toReversed()) {
    world.stdout.write(`${what}: ${step[what]?.says ?? step.title}\n`);
    const failure = await takeBack(context, step, what);
    if (failure) exit = WORDS[what].failed;
    else if (what === "cleanup")
      emit(context, { type: "kept.removed", step: step.id, name: step.cleanup?.expect ?? step.id });
    if (failure) break;
  }
  const state = [
    exit === EXIT.done
      ? `${what} of ${steps.length} step${steps.length === 1 ? "" : "s"} done`
      : `${what} stopped: the message above says where`,
  ];
  emit(context, {
    type: "run.ended",
    exit,
    word: exit === EXIT.done ? WORDS[what].done : `${what.toUpperCase()} FAILED`,
    state,
    next: [],
  });
  stopPresenting();
  context.journal.close();
  world.stdout.write(`report: ${writeReport(context.folder)}\n`);
  return exit;
}

/** What is removed, or whose data changes, is typed or given by --confirm. */
async function requireConsent(
  world: World,
  context: RunContext,
  what: "undo" | "cleanup",
  confirm: readonly string[],
): Promise<void> {
  const { plan } = context;
  if (plan.mode !== "live") return;
  const steps = stepsToTakeBack(context, what);
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
