import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isSameProcess } from "../../src/base/processes.ts";
import type { Ran } from "../helpers/lifeboat.ts";
import type { Place } from "./ground.ts";
import { brokenLink, findRun, type FoundRun, repeated } from "./journal-lines.ts";
import type { Point, Way } from "./points.ts";
import { wholeCopy } from "./whole-copy.ts";

/** Wrong usage: what is over cannot be gone on with. */
const NOTHING_LEFT = 2;

/** All that has to be true when a killed run was taken to its end or taken back. What is not, a line each. */
export async function atTheEnd(
  point: Pick<Point, "strategy">,
  place: Place,
  way: Way,
  last: Ran,
): Promise<string[]> {
  const run = await findRun(place.home);
  if (run === undefined) return [];
  // Killed before its first line was on disk it has changed nothing, and there is nothing to go on with.
  const end = run.events.length === 0 ? "undo" : way;
  return [
    ...(await data(point, place, end)),
    ...verdict(run, end, last),
    ...repeated(run.events),
    ...(await witnessed(place, end)),
    ...(await processes(place, run)),
    ...(await files(point, place, last.code === NOTHING_LEFT)),
    ...(await record(place, run, last.code === NOTHING_LEFT)),
  ];
}

async function data(point: Pick<Point, "strategy">, place: Place, way: Way): Promise<string[]> {
  const databases = await place.databases();
  const { [place.name]: live, ...others } = databases;
  const problems: string[] = [];
  const kept = way === "resume" && point.strategy === "swap" ? 1 : 0;
  const names = Object.keys(others);
  if (names.length !== kept || !names.every((name) => name.includes("__before_")))
    problems.push(`databases left over: ${names.join(", ") || "none, the old data is gone"}`);
  if (live === undefined) return [...problems, "there is no live database"];
  if (live.about !== place.before.about)
    problems.push(`the live database is not as before: ${live.about}; it was: ${place.before.about}`);
  const wanted = way === "resume" ? place.backup : place.before.tables;
  if (JSON.stringify(live.tables) !== JSON.stringify(wanted))
    problems.push(`the live database holds ${JSON.stringify(live.tables)}, not ${JSON.stringify(wanted)}`);
  if (way === "undo" && point.strategy === "swap" && live.oid !== place.before.oid)
    problems.push("the live database is another one than before");
  if ((await wholeCopy(place)) === undefined) problems.push("the data from before is lost");
  for (const name of names) problems.push(...(await keptIsWhole(place, name)));
  return problems;
}

/** What is set aside is closed: a clone of it is looked into. */
async function keptIsWhole({ estate, name, before }: Place, kept: string): Promise<string[]> {
  const clone = `${name}__clone`;
  await estate.server.createDatabase(clone, `TEMPLATE "${kept}"`);
  const tables = (await estate.snapshot([clone]))[clone]?.tables;
  await estate.server.psql("postgres", `DROP DATABASE "${clone}"`);
  return JSON.stringify(tables) === JSON.stringify(before.tables)
    ? []
    : [`${kept} is not the data from before`];
}

/** Whether the last word, on screen and in the journal, is that all went well. */
export function verdict({ events }: FoundRun, way: Way, last: Ran): string[] {
  const said = `${last.stdout}${last.stderr}`;
  const ended = events.findLast((event) => event.type === "run.ended");
  // Killed after its last word there is nothing left to go on with.
  const nothingLeft =
    last.code === NOTHING_LEFT && /every step is done|nothing to undo|it changed nothing/.test(said);
  if (last.code !== 0 && !nothingLeft) return [`${way} ended with ${last.code}:\n${said}`];
  if (way === "undo") return [];
  return ended?.exit === 0 ? [] : [`the journal ends with ${JSON.stringify(ended)}`];
}

async function witnessed(place: Place, way: Way): Promise<string[]> {
  const lines = (await readFile(place.witness, "utf8").catch(() => "")).split("\n").slice(0, -1);
  const wanted =
    way === "resume" ? ["announced", "reopened"] : lines.filter((l, at) => lines.indexOf(l) === at);
  return JSON.stringify(lines) === JSON.stringify(wanted)
    ? []
    : [`commands that ran: ${lines.join(", ")}; wanted: ${wanted.join(", ")}`];
}

/** By pid as the journal knows them, by their HOME as it does not, and at the server. */
async function processes({ estate, name, home }: Place, { run, events }: FoundRun): Promise<string[]> {
  const known = events.flatMap((e) =>
    e.type === "command.spawned" && isSameProcess(e.pid, e.pidStarted)
      ? [`command ${e.pid} of ${e.step}`]
      : [],
  );
  const others: string[] = [];
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (!environment.split("\0").includes(`HOME=${home}`)) continue;
    others.push(`process ${pid}: ${(await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ")}`);
  }
  const sessions = await estate.server.psql(
    "postgres",
    `SELECT pid || ' ' || datname || ' ' || query FROM pg_stat_activity WHERE application_name LIKE '%${run.slice(-40)}' OR datname LIKE '${name}\\_\\_%'`,
  );
  return [...known, ...others, ...sessions.split("\n").filter(Boolean)].map((one) => `still there: ${one}`);
}

const EXPECTED =
  /^(witness|lifeboat\/(runs\/[^/]+\/(plan\.json|journal\.jsonl|facts\.json|handover\.md|report\.md|output\/[\w. -]+\.log)))$/;

async function files(
  { strategy }: Pick<Point, "strategy">,
  { home }: Place,
  refused: boolean,
): Promise<string[]> {
  const all = await readdir(home, { recursive: true, withFileTypes: true });
  const unexpected = all
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
    .filter((path) => !EXPECTED.test(path) && !(strategy === "replace" && path.includes("/safety/before-")));
  // Who is refused takes no locks and lets none go; a stale one is no obstacle.
  return unexpected
    .filter((path) => !(refused && path.startsWith("lifeboat/locks/") && isStale(join(home, path))))
    .map((path) => `a file is left over: ${path}`);
}

function isStale(lock: string): boolean {
  const holder: { pid: number; pidStarted: string } = JSON.parse(readFileSync(lock, "utf8"));
  return !isSameProcess(holder.pid, holder.pidStarted);
}

async function record(place: Place, { folder, run, events }: FoundRun, refused: boolean): Promise<string[]> {
  const problems: string[] = [];
  const broken = brokenLink(await readFile(join(folder, "journal.jsonl"), "utf8"));
  if (broken !== undefined) problems.push(`the chain breaks at line ${broken}`);
  const [, again] = events.filter((event) => event.type === "run.opened");
  if (again === undefined) return problems;
  const verified = await place.lifeboat(["transcript", "verify", run]);
  if (verified.code !== 0) problems.push(`transcript verify: ${verified.stdout}${verified.stderr}`);
  // What is refused writes none, but anybody may ask for one.
  const text = refused
    ? (await place.lifeboat(["report", run])).stdout
    : await readFile(join(folder, "report.md"), "utf8").catch(() => "");
  // Killed after its last word it had finished, and an undo is no interruption.
  const finished = events.some((event) => event.type === "run.ended" && event.seq < again.seq);
  problems.push(...(await unlisted(place, folder, text)));
  if (!finished && !text.includes("## Interruptions"))
    problems.push("the report does not tell of the interruption");
  return problems;
}

/** What is kept has to be named in the report, with how to remove it. */
async function unlisted(place: Place, folder: string, report: string): Promise<string[]> {
  const databases = Object.keys(await place.databases()).filter((name) => name !== place.name);
  const dumps = await readdir(join(folder, "safety")).catch(() => []);
  return [...databases, ...dumps.map((name) => join(folder, "safety", name))]
    .filter((kept) => !report.split("## Kept")[1]?.includes(kept))
    .map((kept) => `kept, and the report does not list it: ${kept}`);
}
