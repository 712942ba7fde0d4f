import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { file, presentLines, type S3Restore, treeOf, unpackLines, wantedLines } from "./restore-context.ts";
import { comparison, script } from "./script.ts";
import { urlOf } from "./tool.ts";

const MINUTE = 60_000;
/** Measured on 2 cores: small objects cost by the piece, large ones by the byte. */
const MS_PER_OBJECT = 2;
const BYTES_PER_MS = 60_000;

/** Prints DONE when `condition` holds, else PARTLY when `begun` does, else NOT DONE. */
export const answer = (condition: string, begun: string): string =>
  `if ${condition}; then echo DONE; elif ${begun}; then echo PARTLY; else echo NOT DONE; fi`;

/** Whether a comparison shows that nothing of the wanted list is missing or different. */
export const isWhole = (report: string): string =>
  `awk '/^! (missing|size|content) / && $3 > 0 { bad = 1 } /^! same|^! unknown/ { seen += $3 } END { exit bad || seen == 0 }' ${report}`;

export function createStep(restore: S3Restore): Step {
  const { tooling, copy, source } = restore;
  const folder = '"$L"';
  return part(restore, "create", ["artifact"], {
    gist: `${tooling.tool.name}: make ${urlOf(copy)}${source.form === "tar" ? `; tar -x of ${source.path}` : ""}`,
    title: source.form === "tar" ? "Unpack, and make the copy's place" : "Make the copy's place",
    why: `${urlOf(copy)}: nobody uses it; and the list of what has to be in it`,
    effect: "reversible",
    commands: [
      script(
        tooling,
        [
          `umask 077; mkdir -p ${folder}`,
          ...unpackLines(restore),
          ...wantedLines(restore, file("wanted")),
          // A backup of nothing is refused before it; an empty list here would be nobody's wish.
          `[ -s ${file("wanted")} ]`,
          ...tooling.tool.make(copy),
        ],
        tokenFor(restore, "created"),
      ),
    ],
    probe: script(tooling, [
      ...presentLines(restore, copy, '"$T/copy"'),
      answer(`[ -s ${file("wanted")} ] && [ -z "$absent" ]`, `[ -e ${folder} ]`),
    ]),
    repeatable: true,
    undo: { says: `removes ${urlOf(copy)}`, commands: [removeCopy(restore)], onFailure: false },
    after: `the copy ${urlOf(copy)} exists`,
    timeoutMs: 60 * MINUTE,
  });
}

/** The copy, and what was unpacked for it. */
export function removeCopy(restore: S3Restore, token?: string): Command {
  const { tooling, copy } = restore;
  return script(tooling, [...tooling.tool.remove(copy), `rm -rf ${file("unpacked")}`], token);
}

export function loadStep(restore: S3Restore): Step {
  const { tooling, copy, source } = restore;
  const { tool } = tooling;
  const wanted = file("wanted");
  const lines =
    source.from === undefined ? tool.upload(treeOf(restore), copy, wanted) : tool.copy(source.from, copy);
  const { manifest } = source;
  return part(restore, "load", ["create"], {
    gist: `${tool.name}: ${source.path} to ${urlOf(copy)}`,
    title: "Restore beside",
    why: `into ${urlOf(copy)}, with ${tool.name} (${restore.choice.why})`,
    effect: "reversible",
    commands: [script(tooling, lines, tokenFor(restore, "loaded"))],
    checks: source.isFile && source.form !== "bucket" ? [unchangedCheck(restore)] : [],
    probe: script(tooling, [
      ...presentLines(restore, copy, '"$T/copy"'),
      `${comparison(wanted, '"$T/copy"')} > "$T/report"`,
      answer(isWhole('"$T/report"'), '[ -s "$T/copy" ]'),
    ]),
    repeatable: true,
    ...(manifest
      ? { expectedMs: 1000 + Math.ceil(manifest.objects * MS_PER_OBJECT + manifest.bytes / BYTES_PER_MS) }
      : {}),
  });
}

/** Behind the load: what was loaded is still what was judged before it. */
function unchangedCheck({ source }: S3Restore): Check {
  const { bytes, modifiedMs } = source;
  return {
    title: "the backup is still the one that was looked at",
    source: { inspect: "artifact", path: source.path, byHand: [`ls -l ${shellWord(source.path)}`] },
    judge: "artifact",
    args: { kind: "s3", chosen: { bytes, modifiedMs }, read: false },
    onError: "fail",
  };
}
