import { existsSync } from "node:fs";
import { join } from "node:path";
import { LifeboatError, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { RunContext } from "../engine/run-context.ts";
import { openJournal } from "../journal/append.ts";
import { RunFeed } from "../journal/feed.ts";
import { isOtherPlan } from "../journal/plan-file.ts";
import { sumOfStart } from "../journal/file-sum.ts";
import { createRedactor } from "../journal/redact.ts";
import { refuseWithoutEstate } from "./practice-estate.ts";
import { findSystems, runbookRoots, systemNamed } from "../runbook/find.ts";
import { hiddenValues } from "../runbook/hidden-values.ts";
import { loadForPlan, type LoadedRunbook, type LoadedSystem } from "../runbook/load.ts";
import type { StoreInput } from "../stores/store-kind.ts";
import { receiversOf } from "./call-somebody.ts";
import { redirectForDrill } from "./drill-env.ts";
import { hostIdentifier } from "./gather-hosts.ts";
import { gatherStore } from "./gather-store.ts";
import { lockJournal } from "./journal-lock.ts";
import { type Asking, type Material, openContext } from "./open-context.ts";
import { identifier, launcherFor } from "./prepare.ts";
import { readRun, runFolder, type RunRecord } from "./run-folder.ts";
import { isRunning } from "./unfinished.ts";
import type { StoreLocks } from "./store-locks.ts";
import type { World } from "./world.ts";

/** A run of the past with what working on it again needs. */
export interface PastRun {
  record: RunRecord;
  system: LoadedSystem;
  runbook: LoadedRunbook;
  stores: ReadonlyMap<string, StoreInput>;
  material: Material;
}

/** A file of the run that was tampered with is no basis for commands. */
function refuseChanged({ folder, reading }: RunRecord): void {
  const refuse = (what: string, file: string, why?: string): LifeboatError =>
    new LifeboatError(EXIT.failed, {
      what,
      where: join(folder, file),
      ...(why === undefined ? {} : { why }),
      next: `go on by hand: every command is in ${join(folder, "handover.md")}`,
    });
  const { broken, events } = reading;
  if (broken)
    throw refuse(
      "this journal was changed, so it is no basis for commands",
      "journal.jsonl",
      `line ${broken.line}: ${broken.why}`,
    );
  // The first line is on disk before anything is started.
  if (events.length === 0 && existsSync(join(folder, "journal.jsonl")))
    throw usageError(
      "this run stopped before its first line was written: it changed nothing",
      "start a new run",
    );
  if (events.length === 0)
    throw refuse("this run has no journal, so nobody knows what it did", "journal.jsonl");
  if (isOtherPlan(events, (file) => sumOfStart(join(folder, file))))
    throw refuse("this plan was changed after the run began, so it is no basis for commands", "plan.json");
}

/**
 * Reads a run whose plan and journal are whole and that nobody works on. Throws exit 20 for a changed one, 31 when it
 * runs.
 */
export function restingRun(world: World, wanted: string): RunRecord {
  const record = readRun(runFolder(world, wanted));
  refuseChanged(record);
  refuseRunning(world, record);
  return record;
}

function refuseRunning(world: World, record: RunRecord): void {
  const { plan, state } = record;
  if (isRunning(world, record)) {
    throw new LifeboatError(EXIT.locked, {
      what: `run ${plan.run} is still going on`,
      where: `${state.opened?.operator} on ${state.opened?.machine}, process ${state.opened?.pid}`,
      next: `follow it with: lifeboat watch ${plan.run}; or stop it there (ctrl-c)`,
    });
  }
}

/** Loads files and secrets anew, and asks the stores; starts nothing that changes anything. */
export async function openPastRun(world: World, record: RunRecord): Promise<PastRun> {
  const { plan, folder } = record;
  refuseWithoutEstate(world, plan.system);
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const loaded = await loadForPlan(systemNamed(systems, plan.system).folder, plan.runbook, world.env);
  const reads = launcherFor(world, loaded.runbook.vault, "reads");
  const stores = new Map<string, StoreInput>();
  for (const { store, name } of plan.targets) {
    stores.set(
      store,
      await gatherStore(world, loaded.system, store, reads, { backup: undefined, restoredAs: name }),
    );
  }
  const names = { id: plan.run, tag: plan.tag, dir: folder, nonce: "" };
  const runbook = plan.mode === "drill" ? redirectForDrill(loaded.runbook, stores, names) : loaded.runbook;
  const material: Material = {
    plan,
    folder,
    launch: launcherFor(world, runbook.vault, "everything", plan.run),
    redactor: createRedactor(hiddenValues(runbook.vault)),
    identify: identifier(stores, reads),
    identifyHost: hostIdentifier(loaded.system, reads),
    stores,
    vault: runbook.vault,
    receivers: receiversOf(loaded.system.system, runbook.vault),
  };
  return { record, system: loaded.system, runbook, stores, material };
}

/** Continues the journal of a past run; the old lines stay as they are. */
export function continueRun(
  world: World,
  past: PastRun,
  asking: Asking & { locks?: StoreLocks },
): RunContext {
  const { record, material } = past;
  const { folder, run } = record;
  const unlock = lockJournal(world, run);
  try {
    const { events, after } = notesSince(world, record);
    const journal = openJournal(join(folder, "journal.jsonl"), world.clock, material.redactor.text, after);
    const feed = new RunFeed(() => world.clock.now().getTime());
    for (const event of events) feed.event(event);
    // From then on the journal itself says who works on it.
    const stop = feed.onEvent((event) => {
      if (event.type !== "run.opened") return;
      unlock();
      stop();
    });
    const close = (): void => {
      unlock();
      journal.close();
    };
    return openContext(world, material, { ...journal, close }, feed, asking);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** What stands in the journal now: notes may have come since the record was read; anything else makes it out of date. */
function notesSince(world: World, before: RunRecord): RunRecord["reading"] {
  const now = readRun(before.folder);
  refuseRunning(world, now);
  const since = now.reading.events.slice(before.reading.events.length);
  if (since.every((event) => event.type === "note")) return now.reading;
  throw new LifeboatError(EXIT.locked, {
    what: `somebody has worked on run ${before.run} meanwhile`,
    where: `${now.state.opened?.operator} on ${now.state.opened?.machine}`,
    next: "look at it with: lifeboat runs; then begin again",
  });
}
