import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { file, type S3Restore, wantedLines } from "./restore-context.ts";
import { comparison, listing, script } from "./script.ts";
import { type Place, urlOf } from "./tool.ts";

/** A place against the wanted list: every key, size and md5; and a sample of the contents, or all of them. */
function checksOf(
  restore: S3Restore,
  at: Place,
  what: string,
  wanted: readonly string[],
  list: string,
): Check[] {
  const { tooling, source, settings } = restore;
  const name = source.manifest === undefined ? "the backup" : "the manifest";
  const compare: Check = {
    title: `${what} against ${name}`,
    source: script(tooling, [
      ...wanted,
      ...listing(tooling, at, '"$T/found"'),
      comparison(list, '"$T/found"'),
    ]),
    judge: "s3.compare",
    args: { what, wanted: name, extra: settings.extra === "leave" && at === restore.live ? "pass" : "fail" },
    onError: "fail",
  };
  const sums: Check = {
    title: `contents of ${what}, read and hashed`,
    source: script(tooling, [
      ...wanted,
      ...listing(tooling, at, '"$T/found"'),
      `awk -F "$TAB" '$4 ~ /^[0-9a-f]+$/' ${list} > "$T/summed"`,
      ...sampleLines(restore),
      `if [ -s "$T/sample" ]; then`,
      ...tooling.tool.sums(at, '"$T/sample"', '"$T/read"'),
      `else : > "$T/read"; fi`,
      `sort "$T/read" > "$T/sums"`,
      `join -t "$TAB" -a 1 -e missing -o 0,1.4,2.2 "$T/sample" "$T/sums" | awk -F "$TAB" '$2 != $3 { print "different\\t" $1 }' > "$T/different"`,
      `head -n 20 "$T/different"`,
      `echo "! read $(wc -l < "$T/sums" | tr -d ' ') $(wc -l < "$T/summed" | tr -d ' ')"`,
    ]),
    judge: "s3.sums",
    args: { what },
    onError: "fail",
  };
  return [compare, sums];
}

/**
 * What is read again: all, or objects of which the server knows no md5 first, and then some by chance. The chance is the
 * run's, so that a check made twice reads the same.
 */
function sampleLines({ settings, run }: S3Restore): string[] {
  if (settings.verify === "full") return ['cp "$T/summed" "$T/sample"'];
  const seed = Number.parseInt(run.nonce.slice(0, 7), 16) || 1;
  return [
    `join -t "$TAB" -o 1.1,1.2,1.3,1.4,2.3 "$T/summed" "$T/found" | awk -F "$TAB" '$5 == "-"' | cut -f 1-4 | head -n ${settings.sample} > "$T/blind"`,
    `awk -v all="$(wc -l < "$T/summed")" -v want=${settings.sample} 'BEGIN { srand(${seed}) } rand() * (all - NR + 1) < want - got { got++; print }' "$T/summed" | sort -u - "$T/blind" > "$T/sample"`,
  ];
}

export function verifyStep(restore: S3Restore, references: readonly Check[]): Step {
  const dry = restore.mode === "dry-run";
  return part(restore, "verify", ["load"], {
    gist: "key, size and md5 of every object of the copy; contents read again",
    title: restore.source.manifest ? "Verify against the manifest" : "Verify as far as possible",
    why: "proves the copy before anyone uses it: every key, size and md5, and contents read again",
    effect: "reads",
    ...(dry
      ? {
          does: "print" as const,
          printedBecause: "cannot be known before running: the copy does not exist yet",
        }
      : {}),
    checks: [...checksOf(restore, restore.copy, "the restored copy", [], file("wanted")), ...references],
    failsAs: "red",
  });
}

/** The live bucket against the chosen backup: read-only in every mode. */
export function standaloneVerify(
  restore: S3Restore,
  title: string | undefined,
  references: readonly Check[],
): Step {
  const wanted = wantedLines(restore, '"$T/wanted"');
  return {
    ...part(restore, "verify", [], {
      title: title ?? "Verify",
      why: `compares ${urlOf(restore.live)} with what the backup holds`,
      effect: "reads",
    }),
    id: restore.step.id,
    kind: "verify",
    needs: [],
    checks: [...checksOf(restore, restore.live, "the live bucket", wanted, '"$T/wanted"'), ...references],
    failsAs: "red",
  };
}
