import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEvent } from "../../src/journal/events.ts";
import type { ClusterSnapshot } from "../helpers/cluster-snapshot.ts";
import type { Place } from "./ground.ts";
import { announced, findRun } from "./journal-lines.ts";
import { wholeCopy } from "./whole-copy.ts";

/** What is wrong in the moment after a kill, a line each. */
export async function afterDeath(place: Place): Promise<string[]> {
  const problems = await effectsWithoutIntent(place);
  if ((await wholeCopy(place)) === undefined)
    problems.push(`no complete copy of the data from before is to be found after the kill`);
  return problems;
}

/**
 * Every effect there is has to be announced in what the disk kept of the journal. Looked at first the effects and then the
 * journal: a command that is still at work adds effects, and the journal of a dead process stays as it is.
 */
async function effectsWithoutIntent(place: Place): Promise<string[]> {
  const databases: ClusterSnapshot = await place.databases().catch(() => ({}));
  const events = (await findRun(place.home))?.events ?? [];
  const problems: string[] = [];
  const expects = (there: boolean, what: string, ...steps: string[]): void => {
    if (there && !steps.some((step) => announced(events, step)))
      problems.push(`${what}, and the journal does not know of it`);
  };
  const names = Object.keys(databases);
  const live = databases[place.name];
  const looked = names.length > 0;
  expects(
    names.some((name) => name.includes("__restore_")),
    "a copy exists",
    "restore.create",
  );
  expects(
    names.some((name) => name.includes("__before_")),
    "the old data was set aside",
    "restore.swap",
  );
  expects(
    looked && (live === undefined || live.oid !== place.before.oid || live.about !== place.before.about),
    "the live database was closed, dropped or replaced",
    "restore.swap",
    "restore.drop",
  );
  expects(
    existsSync(join(await folderOf(place), "safety")),
    "a safety copy was begun",
    "restore.safety-copy",
  );
  const witness = await readFile(place.witness, "utf8").catch(() => "");
  expects(witness.includes("announced"), "the first command has run", "announce");
  expects(witness.includes("reopened"), "the last command has run", "reopen");
  return [...problems, ...withoutOutcomeBefore(events)];
}

const folderOf = async (place: Place): Promise<string> => (await findRun(place.home))?.folder ?? place.home;

/** A command whose process is known was announced before. */
function withoutOutcomeBefore(events: readonly JournalEvent[]): string[] {
  return events.flatMap((event, index) =>
    event.type === "command.spawned" && !announced(events.slice(0, index), event.step, event.index)
      ? [`line ${event.seq}: a command ran before it was announced`]
      : [],
  );
}
