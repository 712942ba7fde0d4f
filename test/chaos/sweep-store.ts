import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isSameProcess } from "../../src/base/processes.ts";
import type { JournalEvent } from "../../src/journal/events.ts";
import { verdict } from "./at-the-end.ts";
import type { ChaosPlace, ChaosStore } from "./chaos-store.ts";
import type { Death } from "./die-at.ts";
import { announced, brokenLink, findRun, type FoundRun, repeated } from "./journal-lines.ts";
import type { Way } from "./points.ts";
import { pick, seeded, shuffled } from "./random.ts";

export interface StorePoint {
  n: number;
  death: Death;
  /** What the line is that it dies at, for people. */
  at: string;
  way: Way;
  /** The resume or undo is killed too, and taken up once more. */
  again: Death | undefined;
}

const LATER_MS = 150;
const SECOND_LINES = 20;
const HANGS_MS = 180_000;

/** Every line of a whole run's journal in an order of the seed's, from the beginning again until there are `count`. */
export function storePoints(events: readonly JournalEvent[], count: number, seed: number): StorePoint[] {
  const random = seeded(seed);
  const lines = events.map((event, index) => ({ event, line: index + 1 }));
  const points: StorePoint[] = [];
  const dies = (line: number, type?: JournalEvent["type"]): Death => ({
    line,
    when:
      type === "command.spawned" && random() < 0.7
        ? "later"
        : pick(random, ["before", "torn", "written", "synced"]),
    ms: Math.floor(random() * LATER_MS),
    power: random() < 0.3,
  });
  while (points.length < count) {
    for (const { event, line } of shuffled(random, lines).slice(0, count - points.length)) {
      const n = points.length + 1;
      points.push({
        n,
        death: dies(line, event.type),
        at: `${event.type}${"step" in event && event.step !== null ? ` of ${event.step}` : ""}`,
        way: n % 2 === 0 ? "resume" : "undo",
        again: random() < 0.35 ? dies(1 + Math.floor(random() * SECOND_LINES)) : undefined,
      });
    }
  }
  return points;
}

const hung = (): Promise<string[]> => setTimeout(HANGS_MS, ["it neither ends nor fails"], { ref: false });

/** Kills a live run at `count` points, takes each to its end or back; what is wrong, a text for each red point. */
export async function sweepStore(
  store: ChaosStore,
  { count, seed, atOnce = 2 }: { count: number; seed: number; atOnce?: number },
): Promise<{ points: number; red: string[] }> {
  const whole = await store.place(90_001);
  const ran = await whole.lifeboat(whole.start);
  if (ran.code !== 0)
    throw new Error(`the run that nobody kills ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  const points = storePoints((await findRun(whole.home))?.events ?? [], count, seed);
  await whole.clear();
  const red: string[] = [];
  const queue = points.values();
  const work = async (): Promise<void> => {
    for (const point of queue) {
      const place = await store.place(point.n);
      const problems = await Promise.race([survive(place, point), hung()]).catch((error: unknown) => [
        String(error),
      ]);
      if (problems.length > 0) red.push(`${JSON.stringify(point)}\n  ${problems.join("\n  ")}`);
      else await place.clear();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { points: points.length, red };
}

async function survive(place: ChaosPlace, point: StorePoint): Promise<string[]> {
  const ran = await place.lifeboat(place.start, point.death);
  if (ran.code !== null) return [`was to die and ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`];
  const problems = await afterKill(place);
  let last = await take(place, point.way, point.again);
  if (last.code === null) {
    problems.push(...(await afterKill(place)).map((problem) => `second kill: ${problem}`));
    last = await take(place, point.way);
  }
  const run = await findRun(place.home);
  if (run === undefined) return problems;
  // Killed before its first line was on disk it has changed nothing, and there is nothing to go on with.
  const way = run.events.length === 0 ? "undo" : point.way;
  return [
    ...problems,
    ...(await place.wrongAtTheEnd(way)),
    ...((await place.wholeCopy()) === undefined ? ["the data from before is lost"] : []),
    ...verdict(run, way, last),
    ...repeated(run.events),
    ...(await processesOf(place, run)),
    ...(await chainOf(run)),
  ];
}

async function take(place: ChaosPlace, way: Way, death?: Death) {
  const run = (await findRun(place.home))?.run ?? "latest";
  return place.lifeboat([way, run, ...place.answers, ...(way === "resume" ? ["--plain"] : [])], death);
}

/** Looked at first the effects and then the journal: a command that still works adds effects, the journal stays. */
async function afterKill(place: ChaosPlace): Promise<string[]> {
  const seen = await place.effects();
  const events = (await findRun(place.home))?.events ?? [];
  const unknown = seen.filter(({ steps }) => !steps.some((step) => announced(events, step)));
  const lost = (await place.wholeCopy()) === undefined;
  return [
    ...unknown.map(({ what }) => `${what}, and the journal does not know of it`),
    ...(lost ? ["no complete copy of the data from before is to be found after the kill"] : []),
  ];
}

async function processesOf({ home, mayStay }: ChaosPlace, { events }: FoundRun): Promise<string[]> {
  const lines = new Map<string, string>();
  for (const event of events) {
    if (event.type === "command.spawned" && isSameProcess(event.pid, event.pidStarted))
      lines.set(String(event.pid), `command of ${event.step}`);
  }
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (!environment.split("\0").includes(`HOME=${home}`)) continue;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (commandLine !== "") lines.set(pid, commandLine.replaceAll("\0", " "));
  }
  return [...lines]
    .filter(([, line]) => mayStay?.test(line) !== true)
    .map(([pid, line]) => `still there: ${pid} ${line}`);
}

async function chainOf({ folder }: FoundRun): Promise<string[]> {
  const broken = brokenLink(await readFile(join(folder, "journal.jsonl"), "utf8").catch(() => ""));
  return broken === undefined ? [] : [`the chain breaks at line ${broken}`];
}
