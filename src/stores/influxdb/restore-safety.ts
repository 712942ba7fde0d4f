import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { liveOnly, part, tokenFor } from "../part.ts";
import { script } from "./client.ts";
import { local, type RestoreContext } from "./restore-context.ts";
import { assign, compactedBackup, define, dropLine, isThere, scratchLine } from "./shell.ts";

const MINUTE = 60_000;

/** Variables of the scripts that keep, drop and put back. */
export const variables = ({ names, folders }: RestoreContext): string[] =>
  assign({ live: names.live, kept: names.kept, keep: folders.safety, mark: folders.mark });

/**
 * Makes sure that the old data is kept twice, in files and as a database, and that it is what the live database holds at
 * this moment. Where it is not so yet, or points came since, the safety copy is taken (again). Once the cut-over has begun,
 * which its mark says, nothing is touched: what is live then may be half of something.
 */
export function safetyCommand(context: RestoreContext, token: string): Command {
  const { connection, names, folders } = context;
  const done = `{ echo ${shellWord(token)}; exit 0; }`;
  const lines = [
    ...define(connection, ["there", "restore", "ready", "same"]),
    ...variables(context),
    scratchLine(folders.scratch),
    `[ ! -e "$mark" ] || ${done}`,
    `${isThere(names.live)} || { echo "there is no database $live to keep" >&2; exit 1; }`,
    `if [ -d "$keep" ] && ${isThere(names.kept)} && same; then ${done}; fi`,
    `mkdir -p -m 700 "$(dirname "$keep")"`,
    ...compactedBackup('"$live"', '"$keep"'),
    dropLine(names.kept),
    `restore "$keep" "$live" "$kept"; ready "$kept"`,
    `same && ${done}`,
    `echo "the safety copy is not what $live holds now: points are being written or deleted, or the server could not write it all, as with a full disk (first differences below)." >&2`,
    `echo "Stop what writes to it, then try again." >&2; diff "$w/live" "$w/kept" | grep '^[<>]' | head -n 4 >&2; exit 1`,
  ];
  return { ...script(connection, lines), token };
}

/** The old data, twice, proven equal to what is live. */
export function safetyStep(context: RestoreContext, after: string): Step {
  const { names, folders, connection, skipSafetyCopy, facts } = context;
  const token = tokenFor(context, "kept");
  return part(context, "safety-copy", [after], {
    gist: `influxd backup of ${names.live}, restored as ${names.kept}, compared`,
    title: "Safety copy",
    why: `the present data as a backup and, restored from it, as ${names.kept}; both compared before anything is dropped`,
    effect: "reversible",
    ...liveOnly(context),
    commands: [safetyCommand(context, token)],
    after: `the data of ${names.live} is also in ${names.kept} and in ${folders.safety}`,
    probe: script(connection, [
      ...define(connection, ["there"]),
      `if [ -e ${shellWord(folders.mark)} ]; then echo DONE`,
      `elif [ -e ${shellWord(folders.safety)} ] || ${isThere(names.kept)}; then echo PARTLY; else echo NOT DONE; fi`,
    ]),
    repeatable: true,
    undo: {
      says: `drops ${names.kept} and removes ${folders.safety}; the live database has the data`,
      commands: [removeKept(context)],
      onFailure: false,
    },
    expectedMs: Math.ceil((facts?.bytes[names.live] ?? 0) / 20_000) + 1000,
    silenceMs: 60 * MINUTE,
    ...(skipSafetyCopy ? { does: "print", printedBecause: "skipped by --skip-safety-copy" } : {}),
  });
}

/** Never while a cut-over is half done or stands: then this is the old data. */
function removeKept({ connection, names, folders }: RestoreContext): Command {
  return script(connection, [
    ...define(connection, ["ask"]),
    `if [ -e ${shellWord(folders.mark)} ]; then echo "the cut-over was not taken back: the old data stays" >&2; exit 1; fi`,
    dropLine(names.kept),
    `rm -rf ${shellWord(folders.safety)}`,
  ]);
}

/** What `lifeboat cleanup` runs when nobody needs the way back any more. */
export function cleanupCommands({ connection, names, folders }: RestoreContext): Command[] {
  return [
    script(connection, [...define(connection, ["ask"]), dropLine(names.kept)]),
    local(["rm", "-rf", folders.safety, folders.mark]),
  ];
}
