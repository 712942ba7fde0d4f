import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { isSameProcess } from "../../base/processes.ts";
import { RunFeed } from "../../journal/feed.ts";
import { type Following, followJournal } from "../../journal/follow.ts";
import type { RunState } from "../../journal/run-state.ts";
import { presentPlain } from "../../output/plain.ts";
import type { RunControl } from "../../tui/services.ts";
import { addNote } from "../notes.ts";
import { readPlan, runFolder } from "../run-folder.ts";
import { onSignals } from "../signals.ts";
import type { World } from "../world.ts";
import { showTui } from "./tui.ts";

/** `lifeboat watch <run>`: read-only, from the journal alone; ends when the run does. */
export async function watchRun(world: World, wanted: string, plain: boolean): Promise<number> {
  const folder = runFolder(world, wanted);
  const feed = new RunFeed(() => world.clock.now().getTime());
  const over = new EventTarget();
  const end = (): void => void over.dispatchEvent(new Event("ended"));
  // Only what is told to its end counts: a run that was ended may have been taken up again behind that line.
  const start = (): Following =>
    followJournal(
      journalOf(folder),
      (event) => feed.event(event),
      () => void (feed.snapshot().state.open || end()),
    );
  if (!plain && world.interactive) return watchOnScreen(world, folder, feed, start, over);
  const stopPresenting = presentPlain(feed, readPlan(folder), world.stdout, world.clock.now);
  const ended = once(over, "ended");
  const following = start();
  const stopSignals = onSignals(end, end);
  const dead = setInterval(() => void (isDead(world, feed.snapshot().state) && end()), 1_000);
  await ended;
  clearInterval(dead);
  following.stop();
  stopPresenting();
  stopSignals();
  if (isDead(world, feed.snapshot().state))
    world.stdout.write("the process of this run is gone without having ended it; see: lifeboat resume\n");
  return EXIT.done;
}

/** Exit 2 in the moment before a run's first line is written. */
function journalOf(folder: string): string {
  const path = join(folder, "journal.jsonl");
  if (existsSync(path)) return path;
  throw usageError("this run has no journal yet", "try again in a moment");
}

/** Opened here by a process that is gone. Of another machine's process nothing can be said. */
function isDead(world: World, { open, opened }: RunState): boolean {
  if (!open || opened === undefined || opened.machine !== world.machine) return false;
  return !isSameProcess(opened.pid, opened.pidStarted);
}

async function watchOnScreen(
  world: World,
  folder: string,
  feed: RunFeed,
  start: () => Following,
  over: EventTarget,
): Promise<number> {
  const ended = once(over, "ended");
  const following = start();
  const control: RunControl = {
    plan: readPlan(folder),
    feed,
    folder,
    readOnly: true,
    answerGate: () => undefined,
    answerDecision: () => undefined,
    failedCommand: () => undefined,
    interrupt: () => undefined,
    finished: ended.then(() => ({
      exit: feed.snapshot().state.ended?.exit ?? EXIT.done,
      report: join(folder, "report.md"),
    })),
  };
  try {
    return await showTui(
      world,
      { screen: "watch", control },
      { confirm: [], done: [], skipSafetyCopy: undefined, onFailure: "stop" },
    );
  } finally {
    following.stop();
  }
}

/** `lifeboat note <run> "…"`. */
export async function noteRun(world: World, wanted: string, text: string): Promise<number> {
  const how = await addNote(world, wanted, text);
  world.stdout.write(
    how === "written"
      ? "noted in the journal\n"
      : "handed to the running Lifeboat, which writes it into the journal\n",
  );
  return EXIT.done;
}
