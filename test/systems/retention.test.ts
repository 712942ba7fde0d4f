import { join } from "node:path";
import { expect, test } from "vitest";
import { type Datable, retained } from "../../src/retention/retained.ts";
import { readKeep } from "../../src/retention/keep-rule.ts";
import { loadSystem } from "../../src/runbook/load.ts";
import { SHIPPED } from "./shipped.ts";

const ENV = { HOME: "/nowhere", DATABASE_URL: "postgresql://u:p@localhost/plotzed", MONGO_PASSWORD: "x" };
const NOW = new Date("2027-01-01T12:00:00Z");
const DAY = 86_400_000;

/** Nights from the first on, up to the first of January 2027. */
const nightsSince = (first: string): Date[] =>
  Array.from(
    { length: Math.floor((NOW.getTime() - Date.parse(`${first}T02:00:00Z`)) / DAY) + 1 },
    (_none, night) => new Date(Date.parse(`${first}T02:00:00Z`) + night * DAY),
  );
const sundays = (nights: Date[]): Date[] => nights.filter((night) => night.getUTCDay() === 0);
const firsts = (nights: Date[]): Date[] => nights.filter((night) => night.getUTCDate() === 1);
const newYears = (nights: Date[]): Date[] => firsts(nights).filter((night) => night.getUTCMonth() === 0);
const named = (nights: Date[], tier?: string): Datable[] =>
  nights.map((time) => ({ path: `${tier ?? "all"} ${time.toISOString().slice(0, 10)}`, time, tier }));

const YEAR = nightsSince("2026-01-01");
const TIERED = [
  ...named(YEAR, "daily"),
  ...named(sundays(YEAR), "weekly"),
  ...named(firsts(YEAR), "monthly"),
];
const last = (count: number, nights: Date[], tier?: string): string[] =>
  named(nights.slice(-count), tier).map(({ path }) => path);
const tiers = (daily: number, weekly: number, monthly: number): string[] => [
  ...last(daily, YEAR, "daily"),
  ...last(weekly, sundays(YEAR), "weekly"),
  ...last(monthly, firsts(YEAR), "monthly"),
];

const DECADE = nightsSince("2017-01-01");
const archived = [
  ...new Set([
    ...last(30, DECADE),
    ...last(12, sundays(DECADE)),
    ...last(12, firsts(DECADE)),
    ...last(7, newYears(DECADE)),
  ]),
];

/** What SYSTEMS say is left after years of nights, in numbers: nobody's rules but the teams' own words. */
test.each<[string, string, Datable[], string[]]>([
  ["vizora", "database", TIERED, tiers(7, 4, 3)],
  ["vizora", "content", named(sundays(YEAR)), last(4, sundays(YEAR))],
  ["vizora", "cache", named(sundays(YEAR)), last(4, sundays(YEAR))],
  ["vendhub", "database", named(YEAR), last(30, YEAR)],
  ["vendhub", "queue", named(YEAR), last(7, YEAR)],
  ["vendhub", "files", named(YEAR), last(30, YEAR)],
  ["plotzed", "database", TIERED, tiers(7, 4, 12)],
  ["container-app", "database", named(DECADE), archived],
  ["container-app", "user-data", named(DECADE), archived],
  ["grill-stats", "database", TIERED, tiers(30, 52, 12)],
  ["grill-stats", "temperatures", TIERED, tiers(30, 52, 12)],
  ["grill-stats", "cache", TIERED, tiers(30, 52, 12)],
])("%s %s: what is kept after years of backups", async (system, store, backups, left) => {
  const folder = join(SHIPPED, system);
  const { keep } = (await loadSystem(folder, ENV)).system.stores[store] ?? {};
  if (keep === undefined) throw new Error("it says nothing about it");
  const verdicts = retained(backups, readKeep(keep), { now: NOW, timezone: "utc" });
  const kept = [...verdicts].flatMap(([path, { isKept }]) => (isKept ? [path] : []));
  expect(kept.toSorted()).toEqual(left.toSorted());
});

test("every store of the five systems says how long its backups are kept", async () => {
  for (const system of ["vizora", "vendhub", "plotzed", "container-app", "grill-stats"]) {
    const { stores } = (await loadSystem(join(SHIPPED, system), ENV)).system;
    for (const [name, store] of Object.entries(stores))
      if (store.backups.length > 0)
        expect([system, name, store.keep !== undefined]).toEqual([system, name, true]);
  }
});
