import { parsePattern } from "../catalog/pattern.ts";
import { TIMESTAMP_SOURCE } from "../catalog/timestamp.ts";

const TIERS = "hourly|daily|weekly|monthly|yearly|quarterly";

/** Ways in which procedures and scripts write "the time goes here". */
const WRITTEN_TIMES = [
  String.raw`\$\(date[^)]*\)`,
  "`date[^`]*`",
  String.raw`\$\{?(?:TIMESTAMP|DATE|STAMP|TS|NOW|TODAY|date|timestamp|BACKUP_DATE|DATETIME)\}?`,
  String.raw`<(?:date|time|timestamp|stamp|datetime|yyyy[^>]*)>`,
  String.raw`\{(?:date|timestamp|datetime)\}`,
  String.raw`\[(?:date|timestamp)\]`,
  String.raw`YYYY-?MM-?DD(?:[T_-]?HH[-:]?MM(?:[-:]?SS)?)?`,
  "(?:TIMESTAMP|DATE)(?![a-z])",
].join("|");

/**
 * A catalog pattern for one path: the time becomes {timestamp}, a tier {tier}, other numbers *. `guessed` says what was
 * made up, when the path holds no time.
 */
export function patternOf(path: string): { pattern: string; guessed?: string } {
  let seen = false;
  const written = new RegExp(`(${WRITTEN_TIMES})|(?<!\\d)(?:${TIMESTAMP_SOURCE})(?!\\d)`, "gi");
  // A variable of another meaning is kept: ${BACKUP_DIR}.
  const stamped = path.replace(/^\.\//, "").replaceAll(written, () => {
    if (seen) return "*";
    seen = true;
    return "{timestamp}";
  });
  const tiered = withTier(stamped)
    .replaceAll(/(?<=\{timestamp\})[-_]?\d{4,6}Z?(?!\d)/g, "*")
    .replaceAll(/(?:\*[-_.]?){2,}(?=\*)/g, "")
    .replaceAll(/\*{2,}/g, "*");
  const pattern = tiered
    .replaceAll(/<[^<>/]*>/g, "*")
    .replaceAll(/(?<!\$)\{(?!tier\}|timestamp\})[^{}]*\}/g, "*");
  if (seen) return { pattern };
  if (pattern.includes("*")) return { pattern: pattern.replace("*", "{timestamp}") };
  return {
    pattern: pattern.replace(/((?:\.[A-Za-z][A-Za-z0-9]{0,5}){0,3}\/?)$/, "-{timestamp}$1"),
    guessed: "no time stands in the name; backups need one, so that the newest is known",
  };
}

/** A folder or a part of a name that is a tier. */
function withTier(path: string): string {
  return path
    .replaceAll(new RegExp(`(?<=^|[/_.-])(?:${TIERS})(?=$|[/_.-])`, "g"), "{tier}")
    .replaceAll(new RegExp(`\\{(?:${TIERS})(?:,(?:${TIERS}))+\\}`, "g"), "{tier}");
}

/** Whether a pattern is one that the catalog reads. */
export function isPattern(pattern: string): boolean {
  try {
    parsePattern(pattern.replaceAll(/\$\{[^}]*\}/g, "x"), "/");
    return true;
  } catch {
    return false;
  }
}
