import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { processStart } from "../base/processes.ts";
import { takeLock } from "../journal/lock.ts";
import type { World } from "./world.ts";

/**
 * One writer at a time for the journal of a run that nobody works on: held from reading where it ends until what is
 * appended says that somebody works on it again. Throws exit 31. Returns the release.
 */
export function lockJournal(world: World, run: string): () => void {
  const { operator, machine, pid, clock } = world;
  const since = clock.now().toISOString();
  try {
    const holder = { run, operator, machine, pid, pidStarted: processStart(pid), since };
    return takeLock(world.home, `journal-${run}`, holder).release;
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.exit !== EXIT.locked) throw error;
    throw new LifeboatError(EXIT.locked, {
      what: `somebody else is writing into the journal of run ${run}`,
      ...(error.facts.why === undefined ? {} : { why: error.facts.why }),
      next: "look at the run with: lifeboat runs; then try again",
    });
  }
}
