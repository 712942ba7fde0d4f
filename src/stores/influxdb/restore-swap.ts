import { shellWord } from "../../base/quote.ts";
import { sizeInWords } from "../../base/size.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { liveOnly, part, tokenFor } from "../part.ts";
import { script, tell } from "./client.ts";
import { exists } from "./facts.ts";
import { ident } from "./identifiers.ts";
import { fromLine, isAbsent, type RestoreContext } from "./restore-context.ts";
import { cleanupCommands, safetyCommand, variables } from "./restore-safety.ts";
import { define, dropLine, isThere, scratchLine } from "./shell.ts";
import { verifyChecks } from "./restore-verify.ts";

const MINUTE = 60_000;

/**
 * What DROP DATABASE takes away and a restore does not bring back (tried): continuous queries and privileges. Those of the
 * live database, as they were when the plan was made; when it is gone those of the manifest.
 */
function settings({ facts, names, source }: RestoreContext): string[] {
  const { manifest } = source;
  const here = (one: { database: string }): boolean => one.database === names.live;
  const grant = ({ privilege, user }: { privilege: string; user: string }): string =>
    `GRANT ${privilege === "ALL PRIVILEGES" ? "ALL" : privilege} ON ${ident(names.live)} TO ${ident(user)}`;
  if (facts && exists(facts))
    return [
      ...facts.queries.filter(here).map(({ query }) => query),
      ...facts.grants
        .filter(here)
        .filter(({ privilege }) => privilege !== "NO PRIVILEGES")
        .map(grant),
    ];
  // A continuous query names the database it reads: one that was called otherwise is not followed here.
  return manifest?.database === names.live ? manifest.queries.map(({ query }) => query) : [];
}

const settingsLines = (statements: readonly string[]): string[] =>
  statements.length > 0 ? [tell(statements.join(";\n"))] : [];

const marked = (word: string): string => `echo ${word} > "$mark"; sync "$mark"`;

/**
 * Restores into a name that was dropped a moment ago. What writes may make the database anew as soon as it is missed
 * (Telegraf does), and then influxd refuses: it is dropped again.
 */
const intoLive = (folder: string, name: string, { names }: RestoreContext): string[] => [
  `n=0; until restore "${folder}" "${name}" "$live" 2> "$w/said"; do cat "$w/said" >&2`,
  `  n=$((n + 1)); if [ $n = 5 ] || ! grep -q 'may already exist' "$w/said"; then exit 1; fi`,
  `  ${dropLine(names.live)}; done`,
  `ready "$live"`,
];

const keptGuard = ({ names }: RestoreContext): string =>
  `if [ ! -d "$keep" ] || ! ${isThere(names.kept)}; then echo "the old data is not kept: $kept or $keep is missing" >&2; exit 1; fi`;

function replaceCommand(context: RestoreContext): Command {
  const { connection, names, folders, source } = context;
  const guard = isAbsent(context) || context.skipSafetyCopy ? [] : [keptGuard(context)];
  return script(
    connection,
    [
      ...define(connection, ["there", "named", "restore", "ready"]),
      ...variables(context),
      scratchLine(folders.scratch),
      ...guard,
      fromLine(context),
      `name=$(named "$from" ${shellWord(source.manifest?.database ?? names.live)})`,
      `mkdir -p -m 700 "$(dirname "$mark")"`,
      marked("dropping"),
      dropLine(names.live),
      ...intoLive("$from", "$name", context),
      ...settingsLines(settings(context)),
      marked("done"),
    ],
    tokenFor(context, "swapped"),
  );
}

/**
 * Puts the old data back, from whatever state the cut-over or a crash in it left: without its mark nothing was dropped. The
 * safety copy stays until the live database was compared with it.
 */
function putBack(context: RestoreContext): Command {
  const { connection, names, folders } = context;
  const back = isAbsent(context)
    ? [dropLine(names.live), ...recreated(context)]
    : [
        keptGuard(context),
        dropLine(names.live),
        ...intoLive("$keep", "$live", context),
        ...settingsLines(settings(context)),
        `if ! same; then echo "$live is not yet what it was: points are being written, or see $kept" >&2; diff "$w/live" "$w/kept" | grep '^[<>]' | head -n 4 >&2; exit 1; fi`,
      ];
  return script(connection, [
    ...define(connection, ["there", "restore", "ready", "same"]),
    ...variables(context),
    scratchLine(folders.scratch),
    `if [ ! -e "$mark" ]; then echo "$live was not touched"; exit 0; fi`,
    ...back,
    `rm -f "$mark"`,
  ]);
}

/** A database without points was there: it is made again, with its continuous queries and privileges. */
const recreated = (context: RestoreContext): string[] =>
  context.facts && exists(context.facts)
    ? [tell(`CREATE DATABASE ${ident(context.names.live)}`), ...settingsLines(settings(context))]
    : [];

function gate(context: RestoreContext): NonNullable<Step["gate"]> {
  const { names, facts, run, skipSafetyCopy, folders } = context;
  const size = sizeInWords(facts?.bytes[names.live] ?? 0);
  return {
    kind: "confirm",
    expect: names.live,
    prompt: "Type the name of the database to go on",
    says: [
      `InfluxDB has no rename: this DROPS ${names.live} (${size}) and restores the proven backup under its name.`,
      skipSafetyCopy
        ? "There is NO safety copy: this cannot be undone."
        : `The old data stays as ${names.kept} and in ${folders.safety}. Undo: lifeboat undo ${run.id}`,
      "Stop what writes first: InfluxDB 1.x cannot keep writers out.",
      skipSafetyCopy
        ? "Points that are written from now on are lost, or stay among the restored ones."
        : "Points that came since the safety copy are looked for, and stop this; those written later are lost, or stay among the restored ones.",
    ],
    flag: `--confirm ${names.live}`,
  };
}

export function swapStep(context: RestoreContext, after: string): Step {
  const { names, folders, connection, step, skipSafetyCopy } = context;
  const absent = isAbsent(context);
  const keeps = !absent && !skipSafetyCopy;
  const mark = shellWord(folders.mark);
  return part(context, "swap", [after], {
    gist: `${absent ? "" : `DROP DATABASE ${names.live}; `}influxd restore as ${names.live}`,
    title: absent ? "Put it in place" : "Cut over",
    why: absent
      ? `restores the proven backup as ${names.live}`
      : "the safety copy is compared once more; then drop, restore under the live name, verify again",
    effect: keeps || absent ? "reversible" : "irreversible",
    touchesLive: true,
    ...liveOnly(context),
    ...(absent ? {} : { gate: gate(context) }),
    commands: [
      ...(keeps ? [safetyCommand(context, tokenFor(context, "kept-now"))] : []),
      replaceCommand(context),
    ],
    checks: verifyChecks(context, names.live, `${step.id}.artifact`),
    probe: script(connection, [
      `if [ ! -e ${mark} ]; then echo NOT DONE; elif grep -qx done ${mark}; then echo DONE; else echo PARTLY; fi`,
    ]),
    repeatable: true,
    after: keeps
      ? `${names.live} is restored; the data from before is kept as ${names.kept}`
      : `${names.live} is restored`,
    ...(keeps || absent
      ? {
          undo: {
            says: absent
              ? `drops ${names.live}, which was not there before`
              : `drops ${names.live}, restores it from the safety copy and compares it with ${names.kept}`,
            commands: [putBack(context)],
            until: absent ? `${names.live} is used` : `${names.kept} is removed`,
            onFailure: true,
          },
        }
      : {}),
    ...(keeps
      ? {
          cleanup: {
            says: `drops ${names.kept} and removes ${folders.safety}, the data from before this restore; the cut-over can then not be undone`,
            commands: cleanupCommands(context),
            expect: names.kept,
            onFailure: false,
          },
        }
      : {}),
    silenceMs: 60 * MINUTE,
    failsAs: "failed",
  });
}
