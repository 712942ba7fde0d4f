import { once } from "node:events";
import { join } from "node:path";
import { EXIT } from "../../base/exit-codes.ts";
import { RunFeed } from "../../journal/feed.ts";
import { followJournal } from "../../journal/follow.ts";
import { presentPlain } from "../../output/plain.ts";
import type { RunControl } from "../../tui/services.ts";
import { addNote } from "../notes.ts";
import { readPlan, readRun, runFolder } from "../run-folder.ts";
import { onSignals } from "../signals.ts";
import { isRunning } from "../unfinished.ts";
import type { World } from "../world.ts";
import { showTui } from "./tui.ts";

/** `lifeboat watch <run>`: read-only, from the journal alone; ends when the run does. */
export async function watchRun(world: World, wanted: string, plain: boolean): Promise<number> {
  const folder = runFolder(world, wanted);
  const feed = new RunFeed(() => world.clock.now().getTime());
  const over = new EventTarget();
  const start = (): (() => void) =>
    followJournal(join(folder, "journal.jsonl"), (event) => {
      feed.event(event);
      if (event.type === "run.ended") over.dispatchEvent(new Event("ended"));
    });
  if (!plain && world.interactive) return watchOnScreen(world, folder, feed, start, over);
  const stopPresenting = presentPlain(feed, readPlan(folder), world.stdout, world.clock.now);
  const ended = once(over, "ended");
  const stop = start();
  const stopSignals = onSignals(
    () => over.dispatchEvent(new Event("ended")),
    () => undefined,
  );
  // A run that is over has said so already; one whose process died never will.
  const dead = setInterval(() => {
    if (!isRunning(world, readRun(folder))) over.dispatchEvent(new Event("ended"));
  }, 2_000);
  await ended;
  clearInterval(dead);
  stop();
  stopPresenting();
  stopSignals();
  if (!feed.snapshot().state.ended)
    world.stdout.write("the process of this run is gone without having ended it; see: lifeboat resume\n");
  return EXIT.done;
}

async function watchOnScreen(
  world: World,
  folder: string,
  feed: RunFeed,
  start: () => () => void,
  over: EventTarget,
): Promise<number> {
  const stop = start();
  const finished = feed.snapshot().state.ended ? Promise.resolve([]) : once(over, "ended");
  const control: RunControl = {
    plan: readPlan(folder),
    feed,
    folder,
    readOnly: true,
    answerGate: () => undefined,
    answerDecision: () => undefined,
    failedCommand: () => undefined,
    interrupt: () => undefined,
    finished: finished.then(() => ({
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
    stop();
  }
}

/** `lifeboat note <run> "…"`. */
export function noteRun(world: World, wanted: string, text: string): number {
  const how = addNote(world, wanted, text);
  world.stdout.write(
    how === "written"
      ? "noted in the journal\n"
      : "handed to the running Lifeboat, which writes it into the journal\n",
  );
  return EXIT.done;
}
