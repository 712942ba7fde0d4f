import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JournalEvent } from "../../src/journal/events.ts";
import { followJournal } from "../../src/journal/follow.ts";
import { events, opened, over, started } from "./events.ts";

let folder: string;
let path: string;
beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), "lifeboat-follow-"));
  path = join(folder, "journal.jsonl");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const all = events(
  opened,
  started("beside"),
  { type: "note", text: "größer — 東京", by: "ada" },
  over(0, "RECOVERED"),
);
const lines = all.map((event) => `${JSON.stringify(event)}\n`);

test("every event is told once and in order, wherever the writer was cut, also inside a character", () => {
  const bytes = Buffer.from(lines.join(""));
  for (const size of [1, 7, 100]) {
    writeFileSync(path, "");
    const seen: JournalEvent[] = [];
    const following = followJournal(path, (event) => seen.push(event));
    for (let at = 0; at < bytes.length; at += size) {
      appendFileSync(path, bytes.subarray(at, at + size));
      vi.advanceTimersByTime(200);
    }
    following.stop();
    expect(seen).toEqual(all);
  }
});

test("what is already there is told before it returns, and then that this is all", () => {
  writeFileSync(path, lines.join(""));
  const said: string[] = [];
  const following = followJournal(
    path,
    (event) => said.push(event.type),
    () => said.push("all"),
  );
  following.stop();
  expect(said).toEqual([...all.map((event) => event.type), "all"]);
});

test("a line that is no event does not end the watching", () => {
  writeFileSync(path, `not json\n{"type":"of a later version"}\n${lines[0]}`);
  const seen: JournalEvent[] = [];
  const following = followJournal(path, (event) => seen.push(event));
  following.stop();
  expect(seen).toEqual(all.slice(0, 1));
});

test("after it was stopped nothing is told", () => {
  writeFileSync(path, "");
  const seen: JournalEvent[] = [];
  followJournal(path, (event) => seen.push(event)).stop();
  appendFileSync(path, lines[0] ?? "");
  vi.advanceTimersByTime(1000);
  expect(seen).toEqual([]);
});
