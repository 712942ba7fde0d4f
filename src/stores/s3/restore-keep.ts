import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { liveOnly } from "../part.ts";
import { file, presentLines, type S3Restore } from "./restore-context.ts";
import { answer, isWhole } from "./restore-load.ts";
import { comparison, listing, script, split } from "./script.ts";
import { urlOf } from "./tool.ts";

/**
 * Everything the swap would overwrite or delete, copied aside by the server itself and compared, before it is touched.
 * The lists it makes are what the swap goes by: live (what was there), created, overwritten, deleted, keep.
 */
export function keepStep(restore: S3Restore): Step {
  const { tooling, kept, live, settings } = restore;
  const { tool } = tooling;
  const [wanted, present, keep, deleted] = ["wanted", "live", "keep", "deleted"].map((name) =>
    file(name),
  ) as [string, string, string, string];
  const folder = '"$L"';
  return part(restore, "keep", ["verify"], {
    gist: `${tool.name}: what is overwritten or deleted to ${urlOf(kept)}`,
    title: "Keep the present objects",
    why: `copies to ${urlOf(kept)} what the swap would overwrite or delete, and proves that it is all there`,
    effect: "reversible",
    ...liveOnly(restore),
    commands: [
      script(
        tooling,
        [
          ...presentLines(restore, live, present),
          ...split(wanted, present, folder),
          ...(settings.extra === "leave" ? [`: > ${deleted}`] : []),
          `sort ${file("overwritten")} ${deleted} > ${keep}`,
          ...tool.make(kept),
          `if [ -s ${keep} ]; then`,
          ...tool.copyListed(live, kept, keep),
          "fi",
        ],
        tokenFor(restore, "kept"),
      ),
    ],
    checks: [keptCheck(restore), changesCheck(restore)],
    probe: script(tooling, [
      `if [ ! -e ${keep} ]; then echo NOT DONE; exit 0; fi`,
      ...presentLines(restore, kept, '"$T/kept"'),
      `${comparison(keep, '"$T/kept"')} > "$T/report"`,
      answer(`[ -z "$absent" ] && { [ ! -s ${keep} ] || ${isWhole('"$T/report"')}; }`, "true"),
    ]),
    repeatable: true,
    undo: {
      says: `removes ${urlOf(kept)}, when all that it holds is in ${live.bucket}`,
      commands: [
        script(
          tooling,
          [
            `if [ -s ${keep} ]; then`,
            ...presentLines(restore, live, '"$T/live"'),
            `${comparison(keep, '"$T/live"')} > "$T/report"`,
            `${isWhole('"$T/report"')} || { echo "what is kept is not in ${live.bucket}: nothing was removed" >&2; exit 1; }`,
            "fi",
            ...tool.remove(kept),
          ],
          tokenFor(restore, "unkept"),
        ),
      ],
      onFailure: false,
    },
    after: `what the swap would overwrite or delete is kept in ${urlOf(kept)}`,
  });
}

function keptCheck(restore: S3Restore): Check {
  const { tooling, kept } = restore;
  return {
    title: "what is kept is complete",
    source: script(tooling, [...listing(tooling, kept, '"$T/kept"'), comparison(file("keep"), '"$T/kept"')]),
    judge: "s3.compare",
    args: {
      what: "what is kept",
      wanted: "the objects to be overwritten or deleted",
      extra: "pass",
      mayBeEmpty: true,
    },
    onError: "fail",
  };
}

/** The same as in the preflight, now by the lists the swap goes by. */
function changesCheck(restore: S3Restore): Check {
  const { settings, tooling } = restore;
  return {
    title: "what the swap changes",
    source: script(tooling, [comparison(file("wanted"), file("live"))]),
    judge: "s3.changes",
    args: { limit: settings["max-deletes"], extra: settings.extra, over: "fail" },
    onError: "fail",
  };
}
