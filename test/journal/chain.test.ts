import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal } from "../../src/journal/append.ts";
import { CHAIN_START, link } from "../../src/journal/chain.ts";
import { readJournal } from "../../src/journal/read.ts";
import { ended, opened, over, started } from "./events.ts";

const CANARY = 'canary"\n9';
const clock = { now: () => new Date("2026-11-20T11:00:00Z"), mono: () => 12.34567 };
const redact = (text: string): string => text.replaceAll(CANARY, "‹secret›");
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-journal-"));
  path = join(folder, "journal.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(after?: { seq: number; prev: string }): void {
  const journal = openJournal(path, clock, redact, after);
  if (!after) journal.append(opened);
  journal.append(started("übersicht"), false);
  journal.append(ended("übersicht", "failed", { error: { what: 'it said "no"\n\\ and 日本' } }));
  journal.append(over(20, "FAILED"));
  journal.close();
}

const lines = (): string[] => readFileSync(path, "utf8").trimEnd().split("\n");

test("what was appended is read back, and the chain holds", () => {
  write();
  const reading = readJournal(path);
  expect(reading.events.map((event) => event.type)).toEqual([
    "run.opened",
    "step.started",
    "step.ended",
    "run.ended",
  ]);
  expect(reading).toMatchObject({ torn: false, broken: undefined });
  expect(reading.after).toEqual({ seq: 4, prev: link(lines()[3] ?? "") });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a changed byte in any line makes it red, at that line or the one after", () => {
  write();
  const whole = readFileSync(path);
  const starts = [
    0,
    ...lines().map((_, at) =>
      Buffer.byteLength(
        `${lines()
          .slice(0, at + 1)
          .join("\n")}\n`,
      ),
    ),
  ];
  // The last line has no successor: what its end says is pinned by the report.
  for (let line = 0; line < 3; line += 1) {
    for (let at = starts[line] ?? 0; at < (starts[line + 1] ?? 0); at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(path, changed);
      const broken = brokenLine();
      expect(broken, `byte ${at} of line ${line + 1}`).toBeGreaterThanOrEqual(line + 1);
      expect(broken).toBeLessThanOrEqual(line + 2);
    }
  }
});

/** A change can also hit the version, which is refused before the chain is looked at. */
function brokenLine(): number {
  try {
    return readJournal(path).broken?.line ?? 0;
  } catch {
    return 1;
  }
}

test.each([
  ["removed", (all: string[]) => all.toSpliced(1, 1), 2],
  ["doubled", (all: string[]) => all.toSpliced(1, 0, all[1] ?? ""), 3],
  ["moved", (all: string[]) => [all[0] ?? "", all[2] ?? "", all[1] ?? "", all[3] ?? ""], 2],
  ["emptied", (all: string[]) => all.with(1, ""), 2],
  [
    "of a later format",
    (all: string[]) => all.with(2, (all[2] ?? "").replace("step.ended", "step.melted")),
    3,
  ],
  ["with a word more", (all: string[]) => all.with(2, (all[2] ?? "").replace("{", '{"x":1,')), 3],
])("a line %s is named", (_how, change, line) => {
  write();
  writeFileSync(path, `${change(lines()).join("\n")}\n`);
  const reading = readJournal(path);
  expect(reading.broken?.line).toBe(line);
  expect(reading.events).toHaveLength(line - 1);
});

test("a journal chained anew after a line was taken out still has a hole in its numbers", () => {
  write();
  let prev = CHAIN_START;
  const forged = lines()
    .toSpliced(1, 1)
    .map((line) => {
      const again = JSON.stringify({ ...JSON.parse(line), prev });
      prev = link(again);
      return again;
    });
  writeFileSync(path, `${forged.join("\n")}\n`);
  expect(readJournal(path).broken).toEqual({ line: 2, why: "its number is 3, 2 was expected" });
});

test("a torn last line, cut anywhere, is no event and breaks nothing", () => {
  write();
  const size = statSync(path).size;
  const last = Buffer.byteLength(`${lines()[3]}\n`);
  for (let missing = 1; missing < last; missing += 1) {
    truncateSync(path, size - missing);
    expect(readJournal(path)).toMatchObject({ torn: true, broken: undefined, after: { seq: 3 } });
  }
});

test("a journal with a torn line can be written on, and holds", () => {
  write();
  truncateSync(path, statSync(path).size - 5);
  write(readJournal(path).after);
  const reading = readJournal(path);
  expect(reading).toMatchObject({ torn: false, broken: undefined });
  expect(reading.events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a journal that exists is never written over", () => {
  write();
  expect(() => write()).toThrow(/EEXIST/);
});

test.each([
  ["from the start", (all: string[]) => [(all[0] ?? "").replace('"version":1', '"version":2')]],
  ["from a later opening on", (all: string[]) => [...all, JSON.stringify({ ...opened, version: 2 })]],
])("a journal of another version %s is refused, not called broken", (_when, change) => {
  write();
  writeFileSync(path, `${change(lines()).join("\n")}\n`);
  expect(() => readJournal(path)).toThrow(/format version 2/);
});

test("stock sha256sum gives every link", () => {
  write();
  const sum = (script: string): string =>
    execFileSync("sh", ["-c", script, "sh", path], { encoding: "utf8" }).slice(0, 64);
  const links = readJournal(path).events.map((event) => event.prev);
  expect(sum("printf '' | sha256sum")).toBe(CHAIN_START);
  expect(links[0]).toBe(CHAIN_START);
  for (const line of [1, 2, 3]) expect(sum(`sed -n ${line}p "$1" | sha256sum`)).toBe(links[line]);
});

test("a secret is hidden before JSON escapes it out of sight", () => {
  const journal = openJournal(path, clock, redact);
  journal.append({ type: "note", text: `it is ${CANARY}`, by: CANARY });
  journal.close();
  expect(readJournal(path).events[0]).toMatchObject({ text: "it is ‹secret›", by: "‹secret›" });
  expect(readFileSync(path, "utf8")).not.toContain("canary");
});

test("an event is on the way to disk before append returns, also when nobody closes", () => {
  const journal = openJournal(path, clock, redact);
  const event = journal.append(opened);
  expect(readJournal(path).events).toEqual([event]);
  journal.close();
});

test.skipIf(!statSync("/dev/full", { throwIfNoEntry: false }))(
  "a full disk under the journal stops the run with a message",
  () => {
    const journal = openJournal("/dev/full", clock, redact, { seq: 0, prev: CHAIN_START });
    expect(() => journal.append(opened)).toThrow(/could not be written, so nothing further/);
    journal.close();
  },
);
