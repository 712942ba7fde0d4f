import { expect, test } from "vitest";
import type { EventBody } from "../../src/journal/events.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { ended, opened, over, started } from "../journal/events.ts";
import { command, input, plan, RECOVERED, SUM } from "./run.ts";

const report = (bodies: EventBody[]): string => markdownReport(input(bodies));
const whole = report(RECOVERED);

/** The part under a heading, up to the next one of the same rank. */
function section(text: string, heading: string): string {
  const [, body = ""] = text.split(`\n## ${heading}\n`);
  return body.split("\n## ")[0] ?? "";
}

test("the headline says mode, what was run, how it ended, and with which exit", () => {
  expect(whole).toMatch(/^# LIVE plotzed \/ database-lost: RECOVERED WITH 1 DEVIATION\n/);
  expect(whole).toContain("- exit code: 23, done with deviations\n");
  expect(whole).toContain("- now: shop is the restored copy\n");
});

test("a run that was killed gets a report that says so, and names what was running", () => {
  const killed = report([opened, started("beside"), ...command("beside", "pg_restore -j2").slice(0, 2)]);
  expect(killed).toMatch(/^# .*: NOT FINISHED\n/);
  expect(killed).toContain("The journal has no end: this run was killed, or it is still running.");
  expect(killed).toContain("| 3 | Restore beside | reversible | running, or killed |  | 1 |");
  expect(section(killed, "Commands run")).toContain("**no outcome recorded**");
  expect(section(killed, "Objectives")).toContain("not reached");
});

test("a report from a broken journal says first that it is", () => {
  const broken = markdownReport(input([opened], { broken: { line: 7, why: "it is not JSON" } }));
  expect(broken.split("\n")[4]).toBe(
    "**The journal is broken at line 7: it is not JSON.** This report ends before it.",
  );
});

test("even a run of which nothing but the plan is left has a report", () => {
  expect(report([])).toContain("Nothing was checked: this run proves nothing about the data.");
});

test("objectives are measured, and said to be met or not", () => {
  expect(section(whole, "Objectives")).toMatch(/- RTO: met: took .*, allowed 30 min/);
  expect(section(whole, "Objectives")).toMatch(/- RPO: met: lost 8 h 59 min of writes, allowed 24 h/);
  const failed = report([opened, started("beside"), ended("beside", "failed"), over(20, "FAILED")]);
  expect(section(failed, "Objectives")).toContain("- RTO: not reached: nothing recovered");
  const none = markdownReport(input(RECOVERED, { plan: { ...plan, rtoMs: undefined } as typeof plan }));
  expect(section(none, "Objectives")).toContain("no objective set");
});

test("who, where and when, once for every time the run was taken up", () => {
  const twice = report([
    opened,
    started("beside"),
    { ...opened, operator: "bob", pid: 77 },
    over(0, "RECOVERED"),
  ]);
  expect(twice).toContain("- opened: 2026-11-20 11:00:00 UTC by ada on jump1, process 41, Lifeboat 0.1.0");
  expect(twice).toContain("- taken up again: 2026-11-20 11:00:20 UTC by bob on jump1, process 77");
  expect(twice).toContain("| interrupted, no outcome recorded |");
});

test("the backup used: time, age, size, kind, and the digest that was read", () => {
  const row = section(whole, "Backup").split("\n")[3];
  expect(row).toBe(
    `| database | 2026-11-20 02:00:04 UTC | 8 h | 318 MB (318,000,000 bytes) | daily, custom | \`${SUM}\` |`,
  );
  expect(section(report([opened]), "Backup")).toContain("not read in this run");
});

test("the server's own words about who it is are kept", () => {
  expect(section(whole, "Target")).toContain(
    "| before Swap | database | system identifier 7311, in recovery: no, address db1:5432,",
  );
});

test("steps: number, effect, result word, time, attempts; what was never begun is not called waiting", () => {
  const steps = section(whole, "Steps");
  expect(steps).toContain("| 1 | Is the database really gone? | reads | not begun |  |  |");
  expect(steps).toMatch(/\| 3 \| Restore beside \| reversible \| done \| [^|]+ \| 2 \|/);
  expect(steps).toMatch(/\| 7 \| Migrations \| irreversible \| skipped \|/);
});

test("an undo is no step of the plan, but it is in the table", () => {
  const undone = report([...RECOVERED, started("undo swap"), ended("undo swap")]);
  expect(section(undone, "Steps")).toMatch(/\| {2}\| undo of Swap \| reversible \| done \|/);
  expect(undone).toMatch(/RECOVERED WITH 1 DEVIATION/);
  expect(section(undone, "Kept")).toContain("Nothing.");
});

test("a failure that a second attempt made good is still told, with what, why, next", () => {
  const failures = section(whole, "Failures");
  expect(failures).toMatch(/### 3\\?\. Restore beside, failed at .* \(now: done\)/);
  expect(failures).toContain(
    "- what: psql: exit 3\n- why: disk \\| full<br>likely: a \\`disk\\` is full\n- next: free space",
  );
});

test("checks come from the weakest proof to the strongest, and every one not checked says why", () => {
  const checks = section(whole, "Checks");
  expect(checks).toContain("**4 passed, 0 failed, 1 not checked**");
  expect(checks).toContain(
    "- content of plots\\_geo (4. Verify against the manifest): no manifest for plots\\_geo",
  );
  const levels = [...checks.matchAll(/^### (\w+)$/gm)].map(([, level]) => level);
  expect(levels).toEqual(["artifact", "shape", "counts", "content", "queries"]);
  expect(checks).toContain("| pass | rows of orders | 1,204 | 1,204 |  | 4. Verify against the manifest |");
});

test("deviations have their reasons, gates who answered them, how and when", () => {
  expect(section(whole, "Deviations")).toContain(
    "7. Migrations: skipped, because: applied by hand<br>on 18 Nov",
  );
  expect(section(whole, "Gates")).toMatch(
    /\| 6\. Swap \| Type the name .* \| .* UTC, after 10 s \| confirmed \| ada on jump1, at the keyboard \|/,
  );
  const waiting = report([opened, RECOVERED.find((body) => body.type === "gate.opened") ?? opened]);
  expect(section(waiting, "Gates")).toContain("| no answer |");
});

test("what is kept is named with the commands that remove it", () => {
  const kept = section(whole, "Kept");
  expect(kept).toContain(`lifeboat cleanup ${plan.run}`);
  expect(kept).toContain("DROP DATABASE plotzed__before_1120;");
});

test("every command is in a block of its own that it cannot end, with its outcome", () => {
  const commands = section(whole, "Commands run");
  expect(commands).toContain("````sh\npsql -c 'a ``` b'\n````");
  expect(commands).toContain("exit 3 after 2.5 s:");
  expect(commands).toContain("```sh\npg_restore\nEND\n```");
  expect(section(report([opened, ...command("beside", "x", null)]), "Commands run")).toContain(
    "ended by SIGKILL",
  );
});

test("a command killed with its process does not get the outcome of its repetition", () => {
  const [begun, , over2] = command("beside", "pg_restore");
  if (!begun || !over2) throw new Error("a command has three events");
  const again = section(report([opened, begun, opened, begun, over2]), "Commands run");
  expect(again.match(/no outcome recorded|exit 0/g)).toEqual(["no outcome recorded", "exit 0"]);
  const notStarted = section(
    report([opened, begun, ended("beside", "failed"), begun, over2]),
    "Commands run",
  );
  expect(notStarted.match(/no outcome recorded|exit 0/g)).toEqual(["no outcome recorded", "exit 0"]);
});

test("files are listed with the newest sums, as sha256sum -c reads them", () => {
  const files = section(whole, "Files, and how to check them");
  expect(files).toContain(`${"b".repeat(64)}  output/beside.log\nEND`);
  expect(files).not.toContain("a".repeat(64));
  expect(files).toContain("cd '/home/ada/runs/r 1'");
  expect(files).toContain(`lifeboat transcript verify ${plan.run}`);
});

test("text from outside is never Markdown: tables keep their columns, nothing becomes a heading or a link", () => {
  const hostile = "a | b\n## c `d` <script> [x](http://e) \u001B[31mred";
  const nasty = report([
    { ...opened, operator: hostile },
    started("verify"),
    ended("verify", "failed", {
      checks: [
        {
          name: hostile,
          level: "counts",
          result: "fail",
          expected: hostile,
          found: hostile,
          why: hostile,
          fix: hostile,
        },
      ],
      error: { what: hostile, why: hostile, next: hostile },
    }),
    { type: "deviation", step: null, what: hostile, because: hostile },
    { type: "note", text: hostile, by: hostile },
    { type: "gate.opened", step: "swap", gate: { kind: "confirm", prompt: hostile, says: [] } },
    { type: "gate.answered", step: "swap", answer: "refused", how: "flag", note: hostile },
    over(24, hostile),
  ]);
  expect(nasty).not.toMatch(/^## c/m);
  expect(nasty).not.toContain("<script>");
  expect(nasty).not.toContain("[x](");
  expect(nasty).not.toContain("\u001B");
  let columns = 0;
  for (const line of nasty.split("\n")) {
    const bars = line.startsWith("|") ? line.replaceAll(/\\./g, "").split("|").length : 0;
    if (bars > 0 && columns > 0) expect(bars, line).toBe(columns);
    columns = bars;
  }
});
