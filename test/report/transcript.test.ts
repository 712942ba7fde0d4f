import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OutputFile } from "../../src/engine/output-file.ts";
import { openJournal } from "../../src/journal/append.ts";
import type { EventBody } from "../../src/journal/events.ts";
import { sumOfStart } from "../../src/journal/file-sum.ts";
import { readJournal } from "../../src/journal/read.ts";
import { createRedactor } from "../../src/journal/redact.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { anchorIn } from "../../src/report/record.ts";
import { transcriptLines, verifyTranscript } from "../../src/report/transcript.ts";
import { ended, events, opened, over, started } from "../journal/events.ts";
import { input, plan, RECOVERED } from "./run.ts";

let folder: string;
let journal: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-transcript-"));
  journal = join(folder, "journal.jsonl");
  mkdirSync(join(folder, "output"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the engine writes for a step: its output, then its outcome with the sum. */
function attempt(text: string): EventBody {
  const output = new OutputFile(join(folder, "output/copy.log"), "output/copy.log", createRedactor([]));
  output.line(text);
  return ended("copy", "done", { output: output.close() });
}

function write(...bodies: EventBody[]): void {
  const after = readJournalIfThere();
  const open = openJournal(journal, { now: () => new Date(), mono: () => 1 }, (text) => text, after);
  for (const body of bodies) open.append(body);
  open.close();
}

function readJournalIfThere() {
  try {
    return readJournal(journal).after;
  } catch {
    return undefined;
  }
}

const verify = (anchor?: { seq: number; prev: string }) =>
  verifyTranscript(readJournal(journal), (file, bytes) => sumOfStart(join(folder, file), bytes), anchor);

const run = (script: string): string => execFileSync("sh", ["-c", script], { encoding: "utf8", cwd: folder });

function report(): string {
  const reading = readJournal(journal);
  const { events: all, after } = reading;
  return markdownReport({ plan, state: foldRun(all), events: all, folder, after });
}

test("a whole run verifies, with both attempts of a repeated step", async () => {
  write(opened, started("copy"), attempt("one"), started("copy", 2), attempt("two"), over(0, "RECOVERED"));
  const { ok, lines } = await verify();
  expect(ok, lines.join("\n")).toBe(true);
  expect(lines[0]).toBe(
    "the chain holds: 6 lines, 2 output sums agree, nothing but itself vouches for its last line",
  );
});

test("a changed line is named, and what follows is not believed", async () => {
  write(opened, started("copy"), attempt("one"), over(0, "RECOVERED"));
  writeFileSync(
    journal,
    readFileSync(journal, "utf8").replace('"step.started","step":"copy"', '"step.started","step":"swap"'),
  );
  const { ok, lines } = await verify();
  expect(ok).toBe(false);
  expect(lines[0]).toMatch(/^line 3 is broken: line 2 or this one was changed/);
});

test.each<[string, () => void, RegExp]>([
  [
    "changed",
    () => writeFileSync(join(folder, "output/copy.log"), "onE\n"),
    /copy.log was changed.* line 3 says/,
  ],
  ["cut", () => truncateSync(join(folder, "output/copy.log"), 2), /missing or shorter than line 3/],
  ["removed", () => rmSync(join(folder, "output/copy.log")), /missing or shorter than line 3/],
  [
    "added to",
    () => appendFileSync(join(folder, "output/copy.log"), "all fine\n"),
    /was added to after line 3/,
  ],
])("an output file that was %s is red", async (_how, change, says) => {
  write(opened, started("copy"), attempt("one"), over(0, "RECOVERED"));
  change();
  const { ok, lines } = await verify();
  expect(ok).toBe(false);
  expect(lines.join("\n")).toMatch(says);
});

test("the output of a killed second attempt is no forgery", async () => {
  write(opened, started("copy"), attempt("one"), started("copy", 2));
  appendFileSync(join(folder, "output/copy.log"), "half a li");
  const { ok, lines } = await verify();
  expect(ok).toBe(true);
  expect(lines[0]).toBe("output/copy.log: its last part is of an attempt that has no outcome");
});

test("a torn last line is said, and is no fault", async () => {
  write(opened, started("copy"), over(130, "INTERRUPTED"));
  truncateSync(journal, readFileSync(journal).length - 9);
  const { ok, lines } = await verify();
  expect(ok).toBe(true);
  expect(lines[0]).toMatch(/last line was not written to its end/);
});

test("an empty journal proves nothing", async () => {
  writeFileSync(journal, "");
  expect((await verify()).ok).toBe(false);
});

test("the report vouches for the last line: changed or missing, it is noticed", async () => {
  write(opened, started("copy"), over(20, "FAILED"));
  const anchor = anchorIn(report());
  expect(anchor).toEqual(readJournal(journal).after);
  expect((await verify(anchor)).lines[0]).toContain("the report vouches for its end");
  const whole = readFileSync(journal, "utf8");
  writeFileSync(journal, whole.replace("FAILED", "PASSED"));
  expect((await verify()).ok).toBe(true);
  expect(await verify(anchor)).toMatchObject({
    ok: false,
    lines: ["line 3 is not the one the report was written from"],
  });
  writeFileSync(journal, `${whole.split("\n").slice(0, 2).join("\n")}\n`);
  expect((await verify(anchor)).lines[0]).toBe(
    "lines are missing at the end: the report says that there were 3, there are 2",
  );
  writeFileSync(journal, whole);
  write({ type: "kept.removed", step: "swap", name: "shop__before" });
  expect((await verify(anchor)).ok).toBe(true);
});

test("a command cannot put words about the journal's end into the report's mouth", () => {
  const line = `- the journal ended with line 1, sha256 \`${"0".repeat(64)}\``;
  write(opened, { type: "command.started", step: "copy", index: 0, line: `cat <<'END'\n${line}\nEND` });
  expect(report()).toContain(`\n${line}\n`);
  expect(anchorIn(report())).toEqual(readJournal(journal).after);
});

test("a plan that is not the one the run was opened with is red", async () => {
  const planFile = join(folder, "plan.json");
  writeFileSync(planFile, "{}");
  write({ ...opened, planFile: sumOfStart(planFile) ?? "" }, over(0, "RECOVERED"));
  expect((await verify()).ok).toBe(true);
  writeFileSync(planFile, "{ }");
  expect(await verify()).toEqual({
    ok: false,
    lines: ["plan.json was changed: it is not the one this run was opened with"],
  });
});

test("the report's own instructions work with a stock shell and sha256sum", () => {
  write(opened, started("copy"), attempt('it\'s \\n "one"'), over(0, "RECOVERED"));
  const scripts = [
    ...(report()
      .split("## Files, and how")[1]
      ?.matchAll(/```sh\n([^`]*)```/g) ?? []),
  ].map(([, s]) => s ?? "");
  const [, chain = "", sums = ""] = scripts;
  expect(run(chain)).toBe(`4 lines fit, the last one has ${readJournal(journal).after.prev}\n`);
  expect(run(sums)).toBe("output/copy.log: OK\n");
  writeFileSync(journal, readFileSync(journal, "utf8").replace('"attempt":1', '"attempt":2'));
  expect(run(chain)).toBe("line 3 does not fit the one before\n");
});

test("the transcript gives one line an event, with its time and the file of its output", () => {
  const { events: all } = input(RECOVERED);
  const lines = transcriptLines(plan, { events: [...all], torn: false, broken: undefined });
  expect(lines).toHaveLength(all.length);
  expect(lines[0]).toBe(
    "2026-11-20 11:00:00 UTC  opened     live shop / database-lost by ada on jump1, process 41",
  );
  expect(lines[8]).toBe(
    "2026-11-20 11:01:20 UTC  failed     3. Restore beside after 1.5 s: psql: exit 3  [output/beside.log, 3 lines]",
  );
  expect(lines.join("")).not.toContain("\n");
});

test("the transcript says where the journal is broken or torn, and shows no control characters", () => {
  const all = events({ type: "note", text: "\u001B[2Jgone\u0007", by: "ada" });
  const lines = transcriptLines(plan, { events: all, torn: true, broken: undefined });
  expect(lines[0]).toMatch(/ada: gone\^G$/);
  expect(lines[1]).toMatch(/not written to its end/);
  const broken = transcriptLines(plan, {
    events: all,
    torn: false,
    broken: { line: 2, why: "it is not JSON" },
  });
  expect(broken[1]).toContain("line 2 is broken");
});
