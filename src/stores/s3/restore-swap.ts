import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { liveOnly, part, tokenFor } from "../part.ts";
import { file, presentLines, type S3Restore } from "./restore-context.ts";
import { isAbsent } from "./facts.ts";
import { answer, isWhole, removeCopy } from "./restore-load.ts";
import { comparison, listing, script } from "./script.ts";
import { urlOf } from "./tool.ts";

/** A file that says that the swap has touched the live bucket. */
const BEGUN = "begun";

/** Objects are created and overwritten first, then deleted: none of the backup's is ever missing on the way. */
function swapCommand(restore: S3Restore): Command {
  const { tooling, live, copy } = restore;
  const { tool } = tooling;
  const changed = `the objects of ${live.bucket} changed since they were kept: something writes to it; stop that, then try again`;
  return script(
    tooling,
    [
      `if [ ! -e ${file(BEGUN)} ]; then`,
      ...presentLines(restore, live, '"$T/now"'),
      `cmp -s ${file("live")} "$T/now" || { echo ${shellWord(changed)} >&2; exit 1; }`,
      `: > ${file(BEGUN)}; sync`,
      "fi",
      ...tool.make(live),
      `sort ${file("created")} ${file("overwritten")} > "$T/copied"`,
      `if [ "$(wc -l < "$T/copied")" -eq "$(wc -l < ${file("wanted")})" ]; then`,
      ...tool.copy(copy, live),
      `elif [ -s "$T/copied" ]; then`,
      ...tool.copyListed(copy, live, '"$T/copied"'),
      "fi",
      `if [ -s ${file("deleted")} ]; then`,
      ...tool.deleteListed(live, file("deleted")),
      "fi",
    ],
    tokenFor(restore, "swapped"),
  );
}

/**
 * Exactly what was there: what is kept goes back, and what the swap created is deleted. Objects that others have written
 * since are left alone. Right from every state, and as often as it is made.
 */
function unswapCommand(restore: S3Restore): Command {
  const { tooling, live, kept, facts } = restore;
  const { tool } = tooling;
  return script(
    tooling,
    [
      `if [ -e ${file(BEGUN)} ]; then`,
      `if [ -s ${file("keep")} ]; then`,
      ...tool.copyListed(kept, live, file("keep")),
      "fi",
      ...presentLines(restore, live, '"$T/now"'),
      `join -t "$TAB" -o 0,1.2,1.3 ${file("created")} "$T/now" > "$T/ours"`,
      `if [ -s "$T/ours" ]; then`,
      ...tool.deleteListed(live, '"$T/ours"'),
      "fi",
      ...presentLines(restore, live, '"$T/back"'),
      `if [ -s ${file("live")} ]; then`,
      `${comparison(file("live"), '"$T/back"')} > "$T/report"`,
      `${isWhole('"$T/report"')} || { cat "$T/report" >&2; echo "the objects from before are not all back" >&2; exit 1; }`,
      `grep '^extra' "$T/report" || true`,
      // The bucket itself was made by the swap.
      ...(isAbsent(facts) ? [`elif [ ! -s "$T/back" ]; then`, ...tool.remove(live)] : []),
      "fi",
      `rm -f ${file(BEGUN)}`,
      "fi",
    ],
    tokenFor(restore, "unswapped"),
  );
}

export function swapStep(restore: S3Restore): Step {
  const { tooling, live, kept, mode, run, step } = restore;
  const gate: NonNullable<Step["gate"]> = {
    kind: "confirm",
    expect: live.bucket,
    prompt: "Type the name of the bucket to go on",
    says: [
      `This writes the restored objects into ${urlOf(live)} and deletes there what is not in the backup; see the numbers above.`,
      `All that is overwritten or deleted is in ${urlOf(kept)}. Undo: lifeboat undo ${run.id}`,
      "Applications that write to the bucket meanwhile must be stopped.",
    ],
    flag: `--confirm ${live.bucket}`,
    shows: [`${step.id}.keep`],
  };
  return part(restore, "swap", ["keep"], {
    gist: `${restore.tooling.tool.name}: ${urlOf(restore.copy)} to ${urlOf(live)}, inside the server; then the deletes`,
    title: "Swap",
    why: "object by object inside the server: buckets cannot be renamed; on the way it is a mixture of old and new",
    effect: "reversible",
    touchesLive: true,
    ...liveOnly(restore),
    ...(mode === "live" ? { gate } : {}),
    commands: [swapCommand(restore)],
    outdates: [`${step.id}.create`, `${step.id}.keep`],
    after: `${urlOf(live)} holds the restored objects; what it held before and now does not is kept in ${urlOf(kept)}`,
    checks: [liveCheck(restore)],
    probe: script(tooling, [
      `if [ ! -e ${file(BEGUN)} ]; then echo NOT DONE; exit 0; fi`,
      ...presentLines(restore, live, '"$T/now"'),
      `${comparison(file("wanted"), '"$T/now"')} > "$T/report"`,
      `join -t "$TAB" ${file("deleted")} "$T/now" > "$T/left"`,
      answer(`[ ! -s "$T/left" ] && ${isWhole('"$T/report"')}`, "true"),
    ]),
    repeatable: true,
    undo: {
      says: `puts the old objects back from ${urlOf(kept)}, and deletes those that were created`,
      commands: [unswapCommand(restore)],
      until: `${urlOf(kept)} is removed`,
      onFailure: false,
    },
    cleanup: {
      says: `removes ${urlOf(kept)}, the objects from before this restore; the swap can then not be undone`,
      commands: [script(tooling, tooling.tool.remove(kept))],
      expect: kept.prefix === "" ? kept.bucket : urlOf(kept),
      onFailure: false,
    },
    expectedMs: 2000,
  });
}

function liveCheck(restore: S3Restore) {
  const { tooling, live, settings } = restore;
  return {
    title: "the live bucket against the list of the backup",
    source: script(tooling, [
      ...listing(tooling, live, '"$T/found"'),
      comparison(file("wanted"), '"$T/found"'),
    ]),
    judge: "s3.compare",
    // Applications that were not stopped write on: not lost, and said.
    args: {
      what: "the live bucket",
      wanted: "the backup",
      extra: settings.extra === "leave" ? "pass" : "warning",
    },
    onError: "fail" as const,
  };
}

/** The copy has done its work: the live bucket holds the same. */
export function tidyStep(restore: S3Restore): Step {
  const { copy, tooling } = restore;
  return part(restore, "tidy", ["swap"], {
    gist: `${tooling.tool.name}: remove ${urlOf(copy)}`,
    title: "Remove the copy",
    why: `${urlOf(copy)} holds nothing that the live bucket does not`,
    effect: "reversible",
    ...liveOnly(restore),
    commands: [removeCopy(restore, tokenFor(restore, "tidied"))],
    probe: script(tooling, [
      ...presentLines(restore, copy, '"$T/copy"'),
      answer('[ ! -s "$T/copy" ]', "true"),
    ]),
    repeatable: true,
  });
}

export function removeStep(restore: S3Restore): Step {
  const { tooling, copy, step } = restore;
  return part(restore, "remove", ["verify"], {
    gist: `${tooling.tool.name}: remove ${urlOf(copy)}`,
    title: "Remove the drill's copy",
    why: "a drill leaves nothing behind",
    effect: "reversible",
    outdates: [`${step.id}.create`],
    commands: [removeCopy(restore, tokenFor(restore, "removed"))],
    checks: [
      {
        title: "the copy is gone",
        source: script(tooling, [...presentLines(restore, copy, '"$T/copy"'), 'wc -l < "$T/copy"']),
        judge: "expectation",
        args: { name: `${urlOf(copy)} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: script(tooling, [
      ...presentLines(restore, copy, '"$T/copy"'),
      answer('[ ! -s "$T/copy" ]', "true"),
    ]),
    repeatable: true,
  });
}
