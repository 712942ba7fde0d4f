import { expect, test } from "vitest";
import type { Keep } from "../../src/retention/keep-rule.ts";
import { readKeep } from "../../src/retention/keep-rule.ts";
import { type Datable, retained } from "../../src/retention/retained.ts";

const DAY = 86_400_000;
const at = (time: string, tier?: string): Datable => ({
  path: `${tier ?? ""}/${time}`,
  time: new Date(`${time}Z`),
  tier,
});
const days = (from: string, count: number, clock = "03:00:00"): string[] =>
  Array.from({ length: count }, (_none, day) => {
    const date = new Date(Date.parse(`${from}T00:00:00Z`) + day * DAY).toISOString().slice(0, 10);
    return `${date}T${clock}`;
  });

const ask = (backups: Datable[], keep: Keep, now: string) =>
  retained(backups, keep, { now: new Date(`${now}Z`), timezone: "utc" });
const kept = (backups: Datable[], keep: Keep, now: string): string[] =>
  [...ask(backups, keep, now)].flatMap(([path, { isKept }]) => (isKept ? [path.replace(/^\//, "")] : []));

test("the last so many, whatever their age", () => {
  const all = days("2026-01-01", 10).map((one) => at(one));
  expect(kept(all, readKeep("4"), "2027-06-01T00:00:00")).toEqual(days("2026-01-07", 4));
});

test("what is no older, to the second", () => {
  const all = days("2026-03-01", 10).map((one) => at(one));
  expect(kept(all, readKeep("2d"), "2026-03-10T03:00:00")).toEqual(days("2026-03-09", 2));
  expect(kept(all, readKeep("2d"), "2026-03-10T02:59:59")).toEqual(days("2026-03-08", 3));
});

test("months and years are the calendar's: 31 March is a month after the last of February, 29 February a year before the 28th", () => {
  const months = ["2026-02-27T03:00:00", "2026-02-28T13:00:00", "2026-03-31T01:00:00"].map((one) => at(one));
  expect(kept(months, readKeep("1mo"), "2026-03-31T12:00:00")).toEqual([
    "2026-02-28T13:00:00",
    "2026-03-31T01:00:00",
  ]);
  const years = ["2027-02-27T12:00:00", "2027-02-28T12:30:00", "2028-02-29T01:00:00"].map((one) => at(one));
  expect(kept(years, readKeep("1y"), "2028-02-29T12:00:00")).toEqual([
    "2027-02-28T12:30:00",
    "2028-02-29T01:00:00",
  ]);
});

test("in one folder a backup belongs to the tiers whose first it is; a missed Sunday is stood in for by the Monday", () => {
  // 4 January 2026 is a Sunday.
  const all = days("2026-01-01", 25)
    .filter((one) => !one.startsWith("2026-01-11"))
    .map((one) => at(one));
  const keep = readKeep({ daily: "2d", weekly: "3w", monthly: "2mo" });
  expect(kept(all, keep, "2026-01-25T12:00:00")).toEqual([
    "2026-01-01T03:00:00",
    "2026-01-12T03:00:00",
    "2026-01-18T03:00:00",
    "2026-01-24T03:00:00",
    "2026-01-25T03:00:00",
  ]);
});

test("a Sunday that is also the 1st is held by the longest of its rules, and says which", () => {
  const sunday = at("2026-02-01T03:00:00");
  const verdicts = ask(
    [sunday, at("2026-03-20T03:00:00")],
    readKeep({ monthly: "3mo", weekly: "4w", daily: "7d" }),
    "2026-03-21T00:00:00",
  );
  expect(verdicts.get(sunday.path)).toEqual({ isKept: true, why: "monthly: 3 months" });
  const later = ask(
    [sunday, at("2026-03-20T03:00:00")],
    readKeep({ daily: "7d", weekly: "4w" }),
    "2026-03-21T00:00:00",
  );
  expect(later.get(sunday.path)).toEqual({ isKept: false, why: "beyond daily: 7 days and weekly: 4 weeks" });
});

test("never let go: the newest, what is of the future, and a folder that no rule speaks of", () => {
  const [old, newest, archived] = [
    at("2020-01-01T00:00:00", "daily"),
    at("2020-01-02T00:00:00", "daily"),
    at("2019-01-01T00:00:00", "archive"),
  ];
  const keep = readKeep({ daily: "7d" });
  const verdicts = ask([old, newest, archived], keep, "2026-01-01T00:00:00");
  expect([...verdicts.values()].map(({ isKept, why }) => [isKept, why])).toEqual([
    [true, "no rule for archive"],
    [false, "beyond daily: 7 days"],
    [true, "the newest is always kept"],
  ]);
  const future = at("2027-01-01T00:00:00", "daily");
  expect(
    ask([future, at("2028-01-01T00:00:00", "daily")], readKeep({ daily: "1" }), "2026-01-01T00:00:00").get(
      future.path,
    ),
  ).toEqual({
    isKept: true,
    why: "its time is in the future",
  });
});

test("100,000 backups are judged in seconds", () => {
  const all = Array.from({ length: 100_000 }, (_none, hour) => ({
    path: String(hour),
    time: new Date(Date.UTC(2015, 0, 1) + hour * 3_600_000),
    tier: undefined,
  }));
  const started = performance.now();
  const verdicts = ask(
    all,
    readKeep({ hourly: "48h", daily: "30d", weekly: "12", monthly: "12mo", yearly: "7y" }),
    "2026-05-29T00:00:00",
  );
  expect(performance.now() - started).toBeLessThan(5000);
  expect([...verdicts.values()].filter(({ isKept }) => isKept).length).toBeLessThan(150);
});
