import type { Timezone } from "../catalog/timestamp.ts";
import { TIERS } from "../runbook/common-schema.ts";
import { type Keep, type KeepRule, keepInWords, reachesBackTo } from "./keep-rule.ts";

export interface Datable {
  path: string;
  time: Date;
  /** From the name of its folder; undefined where all tiers lie in one. */
  tier: string | undefined;
}

export interface Verdict {
  isKept: boolean;
  /** Which rule keeps it, or which all have let it go. */
  why: string;
}

/**
 * What the rules make of each backup, by path. Those in one folder belong to the tiers that their times make them: the first of
 * a day, of a week from Sunday on, of a month, of a year. Never let go: the newest, what is of the future, and what no rule
 * speaks of.
 */
export function retained(
  backups: readonly Datable[],
  keep: Keep,
  { now, timezone }: { now: Date; timezone: Timezone },
): Map<string, Verdict> {
  const wall = (time: Date): Date => wallClock(time, timezone);
  const oldestFirst = backups.toSorted((a, b) => a.time.getTime() - b.time.getTime());
  const tiersOf = isOne(keep) ? () => ["all"] : membership(oldestFirst, wall);
  const rules = rulesOf(keep).map(({ tier, rule }) => ({
    tier,
    rule,
    holds: holder(
      rule,
      oldestFirst.filter((backup) => tiersOf(backup).includes(tier)),
      wall,
      now,
    ),
  }));
  const newest = oldestFirst.at(-1);
  return new Map(
    oldestFirst.map((backup) => {
      const tiers = tiersOf(backup);
      const ruled = rules.filter(({ tier }) => tiers.includes(tier));
      const holding = ruled.findLast(({ holds }) => holds(backup));
      return [backup.path, verdict({ backup, newest, now, tiers, ruled, holding })];
    }),
  );
}

/** Whether a rule holds a backup of its tier. */
function holder(
  rule: KeepRule,
  ofTier: readonly Datable[],
  wall: (time: Date) => Date,
  now: Date,
): (backup: Datable) => boolean {
  if ("last" in rule) {
    const last = new Set(ofTier.slice(-rule.last));
    return (backup) => last.has(backup);
  }
  const from = reachesBackTo(rule, wall(now));
  return ({ time }) => wall(time) > from;
}

interface Ruled {
  tier: string;
  rule: KeepRule;
}

function verdict(found: {
  backup: Datable;
  newest: Datable | undefined;
  now: Date;
  tiers: readonly string[];
  ruled: readonly Ruled[];
  holding: Ruled | undefined;
}): Verdict {
  const { backup, newest, now, tiers, ruled, holding } = found;
  if (holding !== undefined) return { isKept: true, why: words(holding) };
  if (backup === newest) return { isKept: true, why: "the newest is always kept" };
  if (backup.time > now) return { isKept: true, why: "its time is in the future" };
  if (ruled.length === 0)
    return { isKept: true, why: `no rule for ${tiers.length === 0 ? "it" : tiers.join(", ")}` };
  return { isKept: false, why: `beyond ${ruled.map(words).join(" and ")}` };
}

const words = ({ tier, rule }: Ruled): string =>
  tier === "all" ? keepInWords(rule) : `${tier}: ${keepInWords(rule)}`;

/** Shortest tier first, in whatever order they were written. */
function rulesOf(keep: Keep): Ruled[] {
  if (isOne(keep)) return [{ tier: "all", rule: keep }];
  return TIERS.flatMap((tier) => {
    const rule = keep[tier];
    return rule === undefined ? [] : [{ tier, rule }];
  });
}

const isOne = (keep: Keep): keep is KeepRule => "last" in keep || "amount" in keep;

/** The tiers of a backup: of its folder, else those of whose span it is the first. */
function membership(
  oldestFirst: readonly Datable[],
  wall: (time: Date) => Date,
): (backup: Datable) => readonly string[] {
  const seen = new Set<string>();
  const tiers = new Map<Datable, readonly string[]>();
  for (const backup of oldestFirst) {
    const spans = spansOf(wall(backup.time));
    const first = TIERS.filter((_tier, at) => !seen.has(spans[at] ?? ""));
    tiers.set(backup, backup.tier === undefined ? first : [backup.tier]);
    for (const span of spans) seen.add(span);
  }
  return (backup) => tiers.get(backup) ?? [];
}

/** Names of the hour, day, week, month and year of a wall clock's time, in the order of TIERS. */
function spansOf(time: Date): string[] {
  const [day = "", clock = ""] = time.toISOString().split("T");
  const sunday = new Date(time.getTime() - time.getUTCDay() * 86_400_000).toISOString().slice(0, 10);
  return [
    `hour ${day} ${clock.slice(0, 2)}`,
    `day ${day}`,
    `week ${sunday}`,
    `month ${day.slice(0, 7)}`,
    `year ${day.slice(0, 4)}`,
  ];
}

/** What a clock on the wall shows at this time, in the UTC fields of a date. */
const wallClock = (time: Date, timezone: Timezone): Date =>
  timezone === "utc" ? time : new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
