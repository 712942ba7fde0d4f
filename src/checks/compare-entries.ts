import { differenceOf, type Entry, type EntryDifference } from "../base/entries.ts";
import { count, sizeInWords } from "../base/size.ts";
import type { CheckResult } from "../step/check.ts";
import { someOf } from "./compare-shape.ts";

export interface EntryWords {
  /** What the entries are, plural: "objects", "files". */
  noun: string;
  /** What the list is compared with: "the manifest". */
  wanted: string;
  level?: CheckResult["level"];
  /** What stands for something that is there besides; default fail. */
  extra?: "fail" | "warning";
}

const total = (entries: readonly Entry[]): string =>
  `${count(entries.length)}, ${sizeInWords(entries.reduce((sum, { bytes }) => sum + bytes, 0))}`;

/** Every entry of the wanted list against what was found: presence, size, content, and what else is known of it. */
export function compareEntries(
  wanted: readonly Entry[],
  found: readonly Entry[],
  words: EntryWords,
): CheckResult[] {
  if (wanted.length === 0 && found.length === 0) return [];
  const difference = differenceOf(wanted, found);
  const { noun, wanted: list, level = "counts" } = words;
  const numbers = { expected: total(wanted), found: total(found) };
  const say = (
    name: string,
    of: CheckResult["level"],
    bad: readonly string[],
    why: string,
    result: "fail" | "warning" = "fail",
  ): CheckResult =>
    bad.length === 0
      ? { name, level: of, result: "pass", ...numbers }
      : { name, level: of, result, ...numbers, why: `${count(bad.length)} ${why}: ${someOf(bad)}` };
  const { missing, extra, otherSize, otherAbout } = difference;
  return [
    say(`${noun}: all of ${list} are there`, level, missing, "missing"),
    say(`${noun}: nothing besides`, level, extra, `not in ${list}`, words.extra),
    say(`${noun}: sizes`, level, otherSize, "of another size"),
    contentResult(words, difference, wanted.length),
    ...(otherAbout.length > 0
      ? [say(`${noun}: type, mode, owner, link`, "shape", otherAbout, "different")]
      : []),
  ];
}

function contentResult(
  { noun }: EntryWords,
  { otherContent, unknown, same }: EntryDifference,
  all: number,
): CheckResult {
  const base = { name: `${noun}: content`, level: "content" as const, expected: `${count(all)} by sha256` };
  if (otherContent.length > 0) {
    const why = `${count(otherContent.length)} with other content: ${someOf(otherContent)}`;
    return { ...base, result: "fail", found: `${count(same)} agree`, why };
  }
  if (same === 0)
    return { ...base, result: "not checked", why: "the sha256 of no entry is known on both sides" };
  if (unknown > 0)
    return { ...base, result: "pass", found: `${count(same)} agree, of ${count(unknown)} no sum is known` };
  return { ...base, result: "pass", found: `${count(same)} agree` };
}
