import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import { runPlan, type RunOptions } from "../engine/run-plan.ts";
import { type Ask, emit, type RunContext } from "../engine/run-context.ts";
import { Turn } from "../engine/turn.ts";
import { openJournal } from "../journal/append.ts";
import { RunFeed } from "../journal/feed.ts";
import { takeLock } from "../journal/lock.ts";
import { processStart } from "../base/processes.ts";
import { handoverText } from "../report/handover.ts";
import { allJudges } from "../stores/registry.ts";
import { inspect } from "./inspect.ts";
import type { Prepared } from "./prepare.ts";
import { writeReport } from "./write-report.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

export interface StartOptions extends RunOptions {
  ask: Ask;
  /** How the plan was confirmed; undefined where nothing has to be confirmed. */
  confirmed?: "typed" | "flag" | undefined;
}

export interface StartedRun {
  plan: Prepared["plan"];
  feed: RunFeed;
  folder: string;
  interrupt: () => void;
  finished: Promise<{ exit: number; report: string }>;
}

function lockStores(world: World, prepared: Prepared): () => void {
  const { plan } = prepared;
  if (plan.mode !== "live") return () => undefined;
  const holder = {
    run: plan.run,
    operator: world.operator,
    machine: world.machine,
    pid: world.pid,
    pidStarted: processStart(world.pid),
    since: world.clock.now().toISOString(),
  };
  const releases = plan.targets.map((target) =>
    takeLock(world.home, `${plan.system}-${target.store}`, holder),
  );
  return () => releases.forEach((release) => release());
}

/** Opens the run's folder and journal, takes the locks (exit 31), then runs. Resolves as soon as the run has begun. */
export function startRun(world: World, prepared: Prepared, options: StartOptions): StartedRun {
  const { plan, names, redactor } = prepared;
  const release = lockStores(world, prepared);
  mkdirSync(join(names.dir, "output"), { recursive: true, mode: 0o700 });
  writeFileSync(join(names.dir, "plan.json"), `${JSON.stringify(plan, null, 1)}\n`, { mode: 0o600 });
  const journal = openJournal(join(names.dir, "journal.jsonl"), world.clock, redactor.text);
  const feed = new RunFeed(() => world.clock.now().getTime());
  const stop = new AbortController();
  const context: RunContext = {
    plan,
    folder: names.dir,
    journal,
    feed,
    clock: world.clock,
    launch: prepared.launch,
    redactor,
    judges: allJudges(),
    inspect,
    ask: options.ask,
    identify: prepared.identify,
    stop,
    facts: new Map(),
    gates: new Turn(),
  };
  keepHandover(world, context);
  const finished = run(world, context, prepared, options).finally(() => {
    release();
    journal.close();
  });
  return { plan, feed, folder: names.dir, interrupt: () => stop.abort("interrupted"), finished };
}

async function run(
  world: World,
  context: RunContext,
  prepared: Prepared,
  options: StartOptions,
): Promise<{ exit: number; report: string }> {
  // Presenters subscribe after startRun returned; nothing may happen before they listen.
  await Promise.resolve();
  const { plan, folder } = context;
  emit(context, {
    type: "run.opened",
    version: 1,
    run: plan.run,
    system: plan.system,
    runbook: plan.runbook,
    title: plan.title,
    mode: plan.mode,
    plan: plan.hash,
    operator: world.operator,
    machine: world.machine,
    pid: world.pid,
    pidStarted: processStart(world.pid),
    lifeboat: VERSION,
  });
  for (const target of plan.targets) {
    if (target.identity)
      emit(
        context,
        {
          type: "identity.read",
          store: target.store,
          identity: target.identity,
          when: "when the plan was made",
        },
        false,
      );
  }
  journalConfirmation(context, options);
  if (prepared.choice.skipSafetyCopy !== undefined) {
    emit(context, {
      type: "deviation",
      step: null,
      what: "no safety copy was made",
      because: prepared.choice.skipSafetyCopy,
    });
  }
  let exit: number;
  try {
    exit = (await runPlan(context, { onFailure: options.onFailure })).exit;
  } catch (error) {
    // The journal is lost: the last resort is a line beside it.
    tryAppend(join(folder, "broken.txt"), `${world.clock.now().toISOString()} ${messageOf(error)}\n`);
    throw error;
  }
  return { exit, report: writeReport(folder) };
}

const HANDOVER_EVERY_MS = 100;
const BOUNDARIES = new Set(["run.opened", "gate.opened", "step.started", "step.ended", "run.ended"]);

/** handover.md at every step boundary; many short steps in a row share one writing. */
function keepHandover(world: World, context: RunContext): void {
  const path = join(context.folder, "handover.md");
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = handoverText({ plan: context.plan, state: context.feed.snapshot().state });
    tryWrite(path, text);
  };
  let written = Number.NEGATIVE_INFINITY;
  context.feed.onEvent((event) => {
    if (!BOUNDARIES.has(event.type)) return;
    const due = world.clock.mono() - written > HANDOVER_EVERY_MS || event.type === "run.ended";
    if (due) {
      written = world.clock.mono();
      write();
    } else timer ??= setTimeout(write, HANDOVER_EVERY_MS);
  });
}

/** Renamed into place: a half-written handover is worse than the one before. */
function tryWrite(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // A full disk must not stop a recovery; the journal, which must be written, says so itself.
  }
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
        says: [...context.plan.keeps, ...context.plan.notes],
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
