import { KEEP_PATTERN, type KeepText, type Tier } from "../runbook/common-schema.ts";

/** How long backups of one tier are kept: so many of the newest, or those of so much time. */
export type KeepRule = { last: number } | { amount: number; unit: KeepUnit };
type KeepUnit = "h" | "d" | "w" | "mo" | "y";

const WORDS: Record<KeepUnit, string> = { h: "hour", d: "day", w: "week", mo: "month", y: "year" };

/** One rule for all backups of a store, or one for each tier. */
export type Keep = KeepRule | Readonly<Partial<Record<Tier, KeepRule>>>;

/** What system.yaml says under `keep`. Throws for a text that its schema refuses. */
export function readKeep(text: KeepText): Keep {
  if (typeof text === "string") return ruleOf(text);
  return Object.fromEntries(Object.entries(text).map(([tier, rule]) => [tier, ruleOf(rule)]));
}

/** "4" is the last four; "30d", "4w", "12mo", "7y" is what is no older. */
function ruleOf(text: string): KeepRule {
  const [, digits, unit] = KEEP_PATTERN.exec(text) ?? [];
  if (digits === undefined) throw new Error(`"${text}" does not say how long`);
  const amount = Number(digits);
  return unit === undefined ? { last: amount } : { amount, unit: unit as KeepUnit };
}

/** "the last 4", "7 days". */
export function keepInWords(rule: KeepRule): string {
  if ("last" in rule) return `the last ${rule.last}`;
  return `${rule.amount} ${WORDS[rule.unit]}${rule.amount === 1 ? "" : "s"}`;
}

/**
 * The moment up to which this reaches back. Months and years are those of the calendar: from 31 March one month back is the
 * last of February. `now` and the answer are times of a wall clock, kept in the UTC fields of a date: no hour is there twice.
 */
export function reachesBackTo(rule: { amount: number; unit: KeepUnit }, now: Date): Date {
  const { amount, unit } = rule;
  const hours = { h: 1, d: 24, w: 7 * 24, mo: undefined, y: undefined }[unit];
  if (hours !== undefined) return new Date(now.getTime() - amount * hours * 3_600_000);
  const back = new Date(now);
  back.setUTCDate(1);
  back.setUTCMonth(back.getUTCMonth() - amount * (unit === "y" ? 12 : 1));
  const lastDay = new Date(Date.UTC(back.getUTCFullYear(), back.getUTCMonth() + 1, 0)).getUTCDate();
  back.setUTCDate(Math.min(now.getUTCDate(), lastDay));
  return back;
}
