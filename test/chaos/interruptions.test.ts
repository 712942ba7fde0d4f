import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive } from "../../src/base/processes.ts";
import type { JournalEvent } from "../../src/journal/events.ts";
import { expectOutcome } from "../faults/outcome.ts";
import { maySmallDisk, withSmallDisk } from "../helpers/small-disk.ts";
import { atTheEnd } from "./at-the-end.ts";
import type { Death } from "./die-at.ts";
import { type Ground, openGround, type Place } from "./ground.ts";
import { findRun } from "./journal-lines.ts";
import type { Way } from "./points.ts";
import { killedAt } from "./killed-at.ts";
import { take } from "./survive.ts";

let ground: Ground;
let placed = 0;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.stop());

const strategy = "swap";
const prepare = () => ground.place({ n: (placed += 1), strategy, format: "custom", slow: false });

async function events(place: Place): Promise<JournalEvent[]> {
  return (await findRun(place.home))?.events ?? [];
}

async function expectEnd(place: Place, way: Way): Promise<void> {
  const last = await take(place, way);
  expect(await atTheEnd({ strategy }, place, way, last)).toEqual([]);
}

/** Dies before it writes the first line of this type and step. Every run of the runbook writes the same lines. */
async function dieBefore(type: JournalEvent["type"], step?: string): Promise<Death> {
  const { place, start } = await prepare();
  expectOutcome(await place.lifeboat(start), 0);
  const lines = await events(place);
  const line =
    1 + lines.findIndex((e) => e.type === type && (step === undefined || ("step" in e && e.step === step)));
  await place.clear();
  return { line, when: "before", ms: 0, power: false };
}

/** A pg_restore that waits in the middle of the load until `go` exists. */
async function held(place: Place): Promise<{ env: Record<string, string>; go: string }> {
  const go = join(ground.estate.folder, `go-${place.name}`);
  const real = join(ground.estate.server.programs.bin, "pg_restore");
  const script = `#!/bin/sh
case " $* " in *" -d "*) echo the load has begun; until [ -e '${go}' ]; do sleep 0.02; done ;; esac
exec ${real} "$@"
`;
  return { env: { ...place.env, ...(await ground.estate.standIns({ pg_restore: script })) }, go };
}

/** Waits until the journal says that the load's command is running; its process. */
async function loading(place: Place): Promise<number> {
  const spawned = async (): Promise<number | undefined> => {
    const event = (await events(place)).find(
      (e) => e.type === "command.spawned" && e.step === "restore.load" && e.index === 1,
    );
    return event?.type === "command.spawned" ? event.pid : undefined;
  };
  await expect.poll(spawned, { timeout: 30_000, interval: 5 }).toBeDefined();
  return (await spawned()) ?? -1;
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s in the middle of a command ends its processes, says 130, and the run can be taken on",
  async (signal) => {
    const { place, start } = await prepare();
    const { env, go } = await held(place);
    const run = ground.estate.start(start, env);
    const pid = await loading(place);
    run.kill(signal);
    expectOutcome(await run.ended, 130, `lifeboat resume`);
    expect(isAlive(pid)).toBe(false);
    await writeFile(go, "");
    await expectEnd(place, "resume");
  },
);

test("a process that outlives kill -9 is named before anything else and ended before the run goes on", async () => {
  const { place, start } = await prepare();
  const { env } = await held(place);
  const run = ground.estate.start(start, env);
  const pid = await loading(place);
  run.kill("SIGKILL");
  await run.ended;
  expect(isAlive(pid)).toBe(true);
  const resumed = await take(place, "resume");
  expectOutcome(resumed, 0, new RegExp(`still running, will be ended: process ${pid}`));
  expect(isAlive(pid)).toBe(false);
  expect(await atTheEnd({ strategy }, place, "resume", resumed)).toEqual([]);
});

test("a service that a finished step has started is no leftover of the killed run", async () => {
  const { place, start } = await prepare();
  const service = join(ground.estate.folder, `service-${place.name}`);
  const starts = `#!/bin/sh
[ -e ${service} ] && exit
setsid sh -c 'echo $$ > ${service}; exec /bin/sleep 600' > /dev/null 2>&1 < /dev/null &
until [ -s ${service} ]; do /bin/sleep 0.02; done
`;
  const env = { ...place.env, ...(await ground.estate.standIns({ sleep: starts })) };
  const death: Death = { ...(await dieBefore("step.ended", "restore.create")), when: "written" };
  expect((await ground.estate.lifeboat(start, { ...env, ...killedAt(death) })).code).toBe(null);
  const pid = Number(await readFile(service, "utf8"));
  try {
    const resumed = await take(place, "resume");
    expectOutcome(resumed, 0);
    expect(resumed.stdout).not.toContain("still running");
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await atTheEnd({ strategy }, place, "resume", resumed)).toEqual([]);
  } finally {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
});

test("a run killed behind its last step still gets its verdict and its report", async () => {
  const death = await dieBefore("run.ended");
  const { place, start } = await prepare();
  await place.lifeboat(start, death);
  await expectEnd(place, "resume");
});

test("an undo killed behind its last step still gets its last word, and is not resumed", async () => {
  const { place, start } = await prepare();
  await place.lifeboat(start);
  const before = (await events(place)).length;
  // Opening, then five lines for each of the two steps.
  expect((await take(place, "undo", { line: 12, when: "before", ms: 0, power: false })).code).toBe(null);
  expect((await events(place)).slice(before).at(-1)).toMatchObject({
    type: "step.ended",
    step: "undo restore.create",
  });
  expectOutcome(await take(place, "resume"), 2, "it was undone", "lifeboat undo");
  await expectEnd(place, "undo");
  expect((await events(place)).at(-1)).toMatchObject({ type: "run.ended", word: "UNDONE" });
});

test("a runbook edited between stop and resume is shown and not gone on with before that is accepted", async () => {
  const death = await dieBefore("command.started", "restore.settings");
  const { place, start } = await prepare();
  await place.lifeboat(start, death);
  const runbook = join(ground.estate.folder, "runbooks", "shop", "lost.yaml");
  const original = await readFile(runbook, "utf8");
  const lines = (await events(place)).length;
  try {
    await appendFile(runbook, "# edited\n");
    expectOutcome(await take(place, "resume"), 30, `${runbook} was edited`, "--accept-changes");
    expect(await events(place)).toHaveLength(lines);
    const accepted = await take(place, "resume", undefined, ["--accept-changes"]);
    expect(await atTheEnd({ strategy }, place, "resume", accepted)).toEqual([]);
    const said = (await events(place)).find((e) => e.type === "differences.accepted");
    expect(said).toMatchObject({
      how: "flag",
      differences: [expect.stringContaining(`${runbook} was edited`)],
    });
  } finally {
    await writeFile(runbook, original);
  }
});

test("a wall clock set back by hours changes no duration and breaks no chain", async () => {
  const { place, start } = await prepare();
  const preload = join(dirname(fileURLToPath(import.meta.url)), "clock-jump.ts");
  const ran = await ground.estate.lifeboat(start, { ...place.env, NODE_OPTIONS: `--import=${preload}` });
  expectOutcome(ran, 0, /took \d+(\.\d+)? (ms|s),/);
  const all = await events(place);
  const [first, last] = [all.at(0)?.at ?? "", all.at(-1)?.at ?? ""];
  expect(Date.parse(last) - Date.parse(first)).toBeLessThan(-2 * 3_600_000);
  for (const event of all) if ("ms" in event) expect(event.ms).toBeLessThan(60_000);
  expect(all.some((event) => "ms" in event && event.ms < 0)).toBe(false);
  expect(ran.stdout).not.toContain("took 0 ms");
  expectOutcome(await place.lifeboat(["transcript", "verify", "latest"]), 0, "the chain holds");
  await expectEnd(place, "undo");
});

test.skipIf(!maySmallDisk())(
  "a disk that fills up under the journal stops the run before its next effect, and it goes on when there is room",
  async () => {
    const { place, start } = await prepare();
    const { home, name } = place;
    const disk = join(home, "lifeboat");
    await mkdir(disk);
    // The first command's program fills the disk that the command's outcome has to be written to.
    const fill = `#!/bin/sh
[ -e ${home}/filled ] || { touch ${home}/filled; head -c 20m /dev/zero > ${disk}/ballast 2>/dev/null; }
`;
    const env = { ...place.env, ...(await ground.estate.standIns({ sleep: fill })) };
    const { socketDir, port } = ground.estate.server;
    const count = `psql -XAt -h ${socketDir} -p ${port} -U postgres -c "SELECT count(*) FROM pg_database WHERE datname LIKE '${name}%'"`;
    // Only in this namespace is the disk small: all of it happens there, and what it held is carried out at the end.
    const script = `"$@"; echo "stopped with $?"; echo "databases: $(${count})"; rm ${disk}/ballast ${home}/filled
touch ${home}/filled; "$1" "$2" resume latest --plain --confirm ${name} --done look; echo "resumed with $?"
rm ${home}/filled; cp -a ${disk} ${home}/kept && umount ${disk} && cp -a ${home}/kept/. ${disk} && rm -r ${home}/kept`;
    const ran = await ground.estate.lifeboat(start, env, [
      ...withSmallDisk(disk, "2m"),
      "sh",
      "-c",
      script,
      "sh",
    ]);
    expectOutcome(
      ran,
      0,
      "the journal could not be written, so nothing further is started",
      /no space left on device/i,
      "stopped with 20\ndatabases: 1\n",
      "resumed with 0",
    );
    const problems = await atTheEnd({ strategy }, place, "resume", ran);
    // Written beside the journal that could not be written.
    expect(problems.filter((problem) => !problem.endsWith("/broken.txt"))).toEqual([]);
  },
);
