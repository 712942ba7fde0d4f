import { count, counted, sizeInWords } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import type { Compared } from "./comparison.ts";

type Part = { number: number; bytes: number; keys: string[] };

/** "12 (3.4 MB)". */
export const amount = ({ number, bytes }: Pick<Part, "number" | "bytes">): string =>
  `${count(number)} (${sizeInWords(bytes)})`;

/** Names some of the keys, as a person can read them. */
export function named({ keys, number }: Part): string {
  const shown = keys
    .slice(0, 5)
    .map((key) => key.replaceAll("%25", "%"))
    .join(", ");
  return number > Math.min(keys.length, 5)
    ? `${shown} and ${count(number - Math.min(keys.length, 5))} more`
    : shown;
}

export interface CompareWords {
  /** "the restored copy", "the live bucket". */
  what: string;
  /** "the manifest", "what was there before". */
  wanted: string;
  /** What objects besides are. */
  extra: "fail" | "warning" | "pass";
}

/** Every key, size and md5 of a bucket against a list. Nothing against nothing gives no result, which is red. */
export function compareResults({ of, wanted, found }: Compared, words: CompareWords): CheckResult[] {
  if (wanted === 0 && found === 0) return [];
  const { what, wanted: list, extra } = words;
  const numbers = { expected: counted(wanted, "object"), found: counted(found, "object") };
  const say = (
    name: string,
    level: CheckResult["level"],
    part: Part,
    why: string,
    bad: CheckResult["result"] = "fail",
  ): CheckResult =>
    part.number === 0
      ? { name, level, result: "pass", ...numbers }
      : { name, level, result: bad, ...numbers, why: `${why}: ${named(part)}` };
  return [
    say(`${what}: every key of ${list}`, "counts", of.missing, `${amount(of.missing)} missing`),
    say(`${what}: no key besides`, "counts", of.extra, `${amount(of.extra)} not in ${list}`, extra),
    say(`${what}: sizes`, "counts", of.size, `${count(of.size.number)} of another size`),
    md5Result({ of, wanted, found }, what),
  ];
}

/** What was sent in several pieces has no md5 at the server: of it only key and size are known without reading it. */
function md5Result({ of }: Compared, what: string): CheckResult {
  const base = { name: `${what}: content by the server's md5`, level: "content" as const };
  if (of.content.number > 0)
    return {
      ...base,
      result: "fail",
      why: `${count(of.content.number)} with other content: ${named(of.content)}`,
    };
  if (of.same.number === 0)
    return {
      ...base,
      result: "not checked",
      why: "no md5 is known on both sides: every object was sent in pieces, or there is no manifest",
    };
  const rest = of.unknown.number === 0 ? "" : `, of ${amount(of.unknown)} the server knows none`;
  return { ...base, result: "pass", found: `${amount(of.same)} agree${rest}` };
}
