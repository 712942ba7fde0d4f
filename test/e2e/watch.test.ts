import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../helpers/estate.ts";
import type { Running } from "../helpers/lifeboat.ts";

/** Steps that wait for a file of the test's own, so that nothing here depends on how fast it goes. */
const SLOW = `title: Slow
scenario: a run that waits for its test
steps:
  - id: first
    kind: command
    run: [sh, -c, "touch $MARK/first-began; while [ ! -e $MARK/first ]; do sleep 0.02; done"]
    env: { MARK: "\${MARK}" }
    effect: reversible
  - id: second
    kind: command
    run: [sh, -c, "touch $MARK/second-began; while [ ! -e $MARK/second ]; do sleep 0.02; done; [ ! -e $MARK/fail ]"]
    env: { MARK: "\${MARK}" }
    effect: reversible
`;

let estate: Estate;
beforeAll(async () => {
  estate = await openEstate();
  await estate.writeRunbook("slow", SLOW);
});
afterAll(() => estate?.stop());

let marks = 0;
interface Slow {
  running: Running;
  run: string;
  env: Record<string, string>;
  mark(name: string): Promise<void>;
}

async function startSlow(): Promise<Slow> {
  const folder = await estate.server.folderForServer(`marks-${(marks += 1)}`);
  const env = { MARK: folder };
  const running = estate.start(["run", "shop", "slow", "--live"], env);
  await running.until(/running +1\/2/);
  const run = /run (\S+-slow-\w+)/.exec(running.said())?.[1] ?? "";
  return { running, run, env, mark: (name) => writeFile(join(folder, name), "") };
}

const journalOf = (run: string): Promise<string> =>
  readFile(join(estate.home, "runs", run, "journal.jsonl"), "utf8");
async function expectWhole(run: string): Promise<void> {
  expect((await estate.lifeboat(["transcript", "verify", run])).code).toBe(0);
}

test("another process sees the steps live, what came before it too, and ends with the run", async () => {
  const { running, run, mark } = await startSlow();
  const watch = estate.start(["watch", run, "--plain"]);
  await watch.until(/running +1\/2 first|running +1\/2/);
  expect(watch.said()).not.toMatch(/running +2\/2/);
  await mark("first");
  await watch.until(/running +2\/2/);
  await mark("second");
  const [ran, watched] = await Promise.all([running.ended, watch.ended]);
  expect([ran.code, watched.code]).toEqual([0, 0]);
  expect(watched.stdout).toMatch(/ended +DONE/);
  const again = await estate.lifeboat(["watch", run, "--plain"]);
  expect([again.code, again.stdout]).toEqual([0, watched.stdout]);
});

test("watching ends, and says so, when the process of the run is killed", async () => {
  const { running, run, mark } = await startSlow();
  const watch = estate.start(["watch", run, "--plain"]);
  await watch.until(/running +1\/2/);
  running.kill("SIGKILL");
  await running.ended;
  expect((await watch.ended).stdout).toContain("the process of this run is gone without having ended it");
  await mark("first");
});

test("a watched run that was interrupted and taken up again is watched on", async () => {
  const { running, run, env, mark } = await startSlow();
  running.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
  const resumed = estate.start(["resume", run, "--assume", "first=not-done"], env);
  await resumed.until(/running +1\/2/);
  const watch = estate.start(["watch", run, "--plain"]);
  await watch.until(/ended +INTERRUPTED/);
  await mark("first");
  await watch.until(/running +2\/2/);
  await mark("second");
  const [ran, watched] = await Promise.all([resumed.ended, watch.ended]);
  expect(ran.code).toBe(0);
  expect(watched.stdout).toMatch(/ended +DONE\n$/);
});

test("notes made while the run goes on, several at once, and afterwards are in journal and report; the chain holds", async () => {
  const { running, run, mark } = await startSlow();
  const during = await Promise.all(
    [1, 2, 3].map((n) => estate.lifeboat(["note", run, `during ${n}: \u001b[2J\u0007 “größer”`])),
  );
  for (const one of during) expect(one).toMatchObject({ code: 0, stderr: "" });
  await running.until(/note +\S+: during 3/);
  await mark("first");
  await mark("second");
  expect((await running.ended).code).toBe(0);
  expect(running.said()).not.toContain("\u0007");
  const after = await Promise.all([4, 5, 6].map((n) => estate.lifeboat(["note", run, `after ${n}`])));
  expect(after.map((one) => one.code)).toEqual([0, 0, 0]);
  await expectWhole(run);
  const report = (await estate.lifeboat(["report", run])).stdout;
  for (const text of ["during 1", "during 2", "during 3", "after 4", "after 5", "after 6"]) {
    expect((await journalOf(run)).split(text)).toHaveLength(2);
    expect(report).toContain(text);
  }
  expect(report).not.toContain("\u001b");
});

test("a note to a run whose process died is written, and the run can be resumed behind it", async () => {
  const { running, run, env, mark } = await startSlow();
  running.kill("SIGKILL");
  await running.ended;
  await mark("first");
  await mark("second");
  expect((await estate.lifeboat(["note", run, "power was lost"])).stdout).toContain("noted in the journal");
  const resumed = await estate.lifeboat(["resume", run, "--assume", "first=not-done"], env);
  expect(resumed.code).toBe(0);
  await expectWhole(run);
});

test("what is no note is refused, with nothing written", async () => {
  const [run = ""] = await estate.runs();
  const before = await journalOf(run);
  for (const text of ["", " \n ", "x".repeat(100_000)])
    expect((await estate.lifeboat(["note", run, text])).code).toBe(2);
  expect((await estate.lifeboat(["note", "nonsense", "text"])).code).toBe(2);
  expect(await journalOf(run)).toBe(before);
});

test("garbage in the place where notes are laid does not disturb the run", async () => {
  const { running, run, mark } = await startSlow();
  const inbox = join(estate.home, "runs", run, "notes");
  await mkdir(join(inbox, "a-folder"), { recursive: true });
  await writeFile(join(inbox, "b.json"), "not json");
  await writeFile(join(inbox, "c.json"), JSON.stringify({ text: "x".repeat(1_000_000), by: "eve" }));
  while ((await readdir(inbox)).length > 0) await setTimeout(20);
  await mark("first");
  await mark("second");
  expect((await running.ended).code).toBe(0);
  expect(await journalOf(run)).not.toContain('"eve"');
  await expectWhole(run);
});
