import { afterEach, describe, expect, test, vi } from "vitest";
import { matchPath, nameFor, parsePattern } from "../../src/catalog/pattern.ts";

const iso = (pattern: string, path: string, timezone: "utc" | "local" = "utc"): string | undefined =>
  matchPath(parsePattern(pattern, "/srv", timezone), path)?.stamp?.time.toISOString();

describe("every way of writing a time is read", () => {
  test.each([
    ["20261120_023045", "2026-11-20T02:30:45.000Z"],
    ["2026-11-20T02-30-45", "2026-11-20T02:30:45.000Z"],
    ["2026-11-20T02:30:45", "2026-11-20T02:30:45.000Z"],
    ["2026-11-20T02:30:45.123", "2026-11-20T02:30:45.123Z"],
    ["2026-11-20T02:30:45.123456Z", "2026-11-20T02:30:45.123Z"],
    ["2026-11-20T02:30:45+05:00", "2026-11-19T21:30:45.000Z"],
    ["20261120T023045Z", "2026-11-20T02:30:45.000Z"],
    ["20261120023045", "2026-11-20T02:30:45.000Z"],
    ["20261120_0230", "2026-11-20T02:30:00.000Z"],
    ["20261120T0230Z", "2026-11-20T02:30:00.000Z"],
    ["2026-11-20T02-30", "2026-11-20T02:30:00.000Z"],
    ["2026-11-20_02:30", "2026-11-20T02:30:00.000Z"],
    ["2026-11-20_0230", "2026-11-20T02:30:00.000Z"],
    ["202611200230", "2026-11-20T02:30:00.000Z"],
    ["20261120", "2026-11-20T00:00:00.000Z"],
    ["2026-11-20", "2026-11-20T00:00:00.000Z"],
    ["1795141845", "2026-11-20T02:30:45.000Z"],
  ])("%s", (text, expected) => {
    expect(iso("app-{timestamp}.sql.gz", `/srv/app-${text}.sql.gz`)).toBe(expected);
    expect(iso("*{timestamp}*", `/srv/x-${text}-y`), "between wildcards").toBe(expected);
  });
});

describe("what is no time does not become one", () => {
  test.each([
    "20260230_020000",
    "20261320_020000",
    "20261120_250000",
    "2026-02-29",
    "2026-11-20T02-60-00",
    "00010101",
    "2026112",
    "202611201",
    "latest",
    "",
  ])("%j", (text) => {
    expect(iso("app-{timestamp}.sql.gz", `/srv/app-${text}.sql.gz`)).toBeUndefined();
    expect(iso("app-{timestamp}*", `/srv/app-${text}.sql.gz`), "before a wildcard").toBeUndefined();
  });
});

test("what follows a day and can be no hour and minute is no time, and a pattern that has it as it is goes on fitting", () => {
  const day = "2026-11-20T00:00:00.000Z";
  expect(iso("app-{timestamp}-*.sql", "/srv/app-20261120-9999.sql")).toBe(day);
  expect(iso("app-{timestamp}-*.sql", "/srv/app-20261120-0001.sql")).toBe(day);
  expect(iso("app-{timestamp}T02-00.sql", "/srv/app-2026-11-20T02-00.sql")).toBe(day);
});

afterEach(() => vi.unstubAllEnvs());

test("a name written by the local clock is not read as UTC, and a Z in it wins", () => {
  vi.stubEnv("TZ", "Asia/Tashkent");
  expect(iso("app-{timestamp}", "/srv/app-20261120_023045", "local")).toBe("2026-11-19T21:30:45.000Z");
  expect(iso("app-{timestamp}", "/srv/app-20261120", "local")).toBe("2026-11-19T19:00:00.000Z");
  expect(iso("app-{timestamp}", "/srv/app-20261120T023045Z", "local")).toBe("2026-11-20T02:30:45.000Z");
});

const tierPath = (folder: string, name: string): string =>
  `/srv/backups/${folder}/plotzed-${name}-backup-2025-01-15T14-30-00.sql.gz`;

test("a tier named twice must be the same text in the folder and in the name", () => {
  const pattern = parsePattern("backups/{tier}/plotzed-{tier}-backup-{timestamp}.sql.gz", "/srv");
  expect(matchPath(pattern, tierPath("daily", "daily"))?.tier).toBe("daily");
  expect(matchPath(pattern, tierPath("daily", "weekly"))).toBeUndefined();
  const within = parsePattern("{tier}-{tier}-{timestamp}", "/srv");
  expect(matchPath(within, "/srv/a-b-a-b-20261120")?.tier).toBe("a-b");
  expect(matchPath(within, "/srv/a-b-20261120")).toBeUndefined();
});

test("a tier with characters that mean something in an expression is taken as text", () => {
  const pattern = parsePattern("{tier}/{tier}-{timestamp}", "/srv");
  expect(matchPath(pattern, "/srv/a.c/a.c-20261120")?.tier).toBe("a.c");
  expect(matchPath(pattern, "/srv/a.c/abc-20261120")).toBeUndefined();
});

test("the finer of two times tells: a day in the folder, a time in the name", () => {
  expect(iso("{timestamp}/app-{timestamp}.sql", "/srv/20261120/app-20261120_023045.sql")).toBe(
    "2026-11-20T02:30:45.000Z",
  );
  expect(iso("{timestamp}/app-{timestamp}.sql", "/srv/20261120_023045/app-2026-11-20.sql")).toBe(
    "2026-11-20T02:30:45.000Z",
  );
});

test("a wildcard stays within one name and passes over hidden files", () => {
  const pattern = parsePattern("/b/*/app-{timestamp}*", "/srv");
  expect(matchPath(pattern, "/b/x/app-20261120.dump")).toBeDefined();
  expect(matchPath(pattern, "/b/x/y/app-20261120.dump")).toBeUndefined();
  expect(matchPath(pattern, "/b/.x/app-20261120.dump")).toBeUndefined();
  expect(matchPath(parsePattern("*{timestamp}", "/b"), "/b/1720261120"), "a longer number").toBeDefined();
  expect(iso("*{timestamp}*", "/srv/v120261120x")).toBeUndefined();
});

test("names with newlines, quotes, brackets and a leading dash match like any other", () => {
  const pattern = parsePattern("-it's [a] (b)+\n{timestamp}.sql", "/srv");
  expect(matchPath(pattern, "/srv/-it's [a] (b)+\n20261120.sql")).toBeDefined();
  expect(matchPath(pattern, "/srv/-it's a (b)+\n20261120.sql")).toBeUndefined();
});

test("looking starts at the deepest folder without placeholders", () => {
  expect(parsePattern("../b/./daily/app-{timestamp}", "/srv/x").root).toBe("/srv/b/daily");
  expect(parsePattern("/{tier}/x", "/srv").root).toBe("/");
  expect(parsePattern("b/dump.sql", "/srv").root).toBe("/srv/b");
  expect(matchPath(parsePattern("/{tier}/x", "/srv"), "/daily/x")?.tier).toBe("daily");
});

test("a misspelt placeholder is refused with the ones there are", () => {
  expect(() => parsePattern("app-{date}.sql", "/srv")).toThrow(/unknown placeholder \{date\}/);
});

describe("a new backup's name", () => {
  const time = new Date("2026-11-20T02:30:45.678Z");
  test.each([
    [undefined, "20261120_023045"],
    ["2025-01-15T14-30-00", "2026-11-20T02-30-45"],
    ["2025-01-15T14:30:00.000Z", "2026-11-20T02:30:45.678Z"],
    ["20250115T143000Z", "20261120T023045Z"],
    ["20250115", "20261120"],
    ["1700000000", "1795141845"],
  ])("keeps the manner of %s and is read back", (like, stamp) => {
    const pattern = parsePattern("b/{tier}/app-{tier}-{timestamp}.sql.gz", "/srv");
    const path = nameFor(pattern, { tier: "daily", time, like });
    expect(path).toBe(`/srv/b/daily/app-daily-${stamp}.sql.gz`);
    expect(matchPath(pattern, path)?.tier).toBe("daily");
  });

  test("in local time is read back as the same moment", () => {
    vi.stubEnv("TZ", "Asia/Tashkent");
    const pattern = parsePattern("app-{timestamp}", "/srv", "local");
    const path = nameFor(pattern, { time });
    expect(path).toBe("/srv/app-20261120_073045");
    const read = matchPath(pattern, path)?.stamp?.time;
    expect(read?.toISOString()).toBe("2026-11-20T02:30:45.000Z");
  });

  test.each([
    ["app-{timestamp}*", "/srv/app-20261120_023045-lifeboat"],
    ["app-{timestamp}.*", "/srv/app-20261120_023045.lifeboat"],
    ["*/{timestamp}", "/srv/lifeboat/20261120_023045"],
  ])("a * of %s becomes a word of its own", (source, path) => {
    const pattern = parsePattern(source, "/srv");
    expect(nameFor(pattern, { time })).toBe(path);
    expect(matchPath(pattern, path)).toBeDefined();
  });

  test("never replaces the last backup and never leaves its folder", () => {
    expect(() => nameFor(parsePattern("app.sql", "/srv"), { time })).toThrow(/would replace the last one/);
    const pattern = parsePattern("{tier}/app-{timestamp}", "/srv");
    expect(() => nameFor(pattern, { time })).toThrow(/needs a tier/);
    expect(() => nameFor(pattern, { tier: "../x", time })).toThrow(/needs a tier/);
  });
});
