import { type Tier, TIERS } from "../../runbook/common-schema.ts";

const UNITS = { day: "d", week: "w", month: "mo", year: "y" } as const;
/** "7 days", "the last 4 weeks", "12-month"; a range is kept as long as its larger end. */
const HOW_LONG = /(\d+)\s*(?:[-–]\s*(\d+)\s*)?[- ]?(day|week|month|year)s?\b/i;
const ANY_TIER = new RegExp(String.raw`\b(${TIERS.join("|")})\b`, "i");
const ABOUT_KEEPING = /\b(?:retention|retain(?:ed)?|kept?|keep(?:s|ing)?|delete[ds]?|older than|rotation)\b/i;

/** What a team's words say under `keep`, e.g. { daily: "7d", weekly: "4w" } or "30d"; undefined when they say nothing of it. */
export function keepSaid(lines: readonly string[]): string | Partial<Record<Tier, string>> | undefined {
  const tiers: Partial<Record<Tier, string>> = {};
  let all: string | undefined;
  for (const line of lines) {
    const several = byUnit(line.slice(Math.max(0, line.search(ABOUT_KEEPING))));
    if (several !== undefined) {
      Object.assign(tiers, { ...several, ...tiers });
      continue;
    }
    // What follows the word for a tier, up to the next one, is about it.
    const [before = "", ...parts] = line.split(ANY_TIER);
    for (let at = 0; at + 1 < parts.length; at += 2) {
      const tier = TIERS.find((one) => one === parts[at]?.toLowerCase());
      const long = howLong(parts[at + 1] ?? "");
      if (tier !== undefined && long !== undefined) tiers[tier] ??= long;
    }
    if (parts.length === 0 && ABOUT_KEEPING.test(line)) all ??= howLong(before);
  }
  return Object.keys(tiers).length > 0 ? tiers : all;
}

const TIER_OF = { d: "daily", w: "weekly", mo: "monthly", y: "yearly" } as const;

/** "Kept: 7 days, 4 weeks, 3 months": the units name the tiers. */
function byUnit(words: string): Partial<Record<Tier, string>> | undefined {
  if (ANY_TIER.test(words)) return undefined;
  const found = words.split(",").flatMap((part) => howLong(part) ?? []);
  const tiers = found.map(
    (long) => [TIER_OF[long.replace(/^\d+/, "") as keyof typeof TIER_OF], long] as const,
  );
  return new Set(tiers.map(([tier]) => tier)).size > 1 ? Object.fromEntries(tiers) : undefined;
}

function howLong(words: string): string | undefined {
  const [, from, to, unit] = HOW_LONG.exec(words) ?? [];
  const digits = to ?? from;
  if (digits === undefined || unit === undefined || Number(digits) === 0) return undefined;
  return `${Number(digits)}${UNITS[unit.toLowerCase() as keyof typeof UNITS]}`;
}
