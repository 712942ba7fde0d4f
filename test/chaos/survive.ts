import type { Ran } from "../helpers/lifeboat.ts";
import { afterDeath } from "./after-death.ts";
import { atTheEnd } from "./at-the-end.ts";
import type { Death } from "./die-at.ts";
import type { Ground, Place } from "./ground.ts";
import { findRun } from "./journal-lines.ts";
import type { Point, Way } from "./points.ts";

/** Kills one run at one point, takes it on or back, and says what is wrong then; empty when nothing is. */
export async function survive(ground: Ground, point: Point): Promise<string[]> {
  const { place, start } = await ground.place(point);
  const ran = await place.lifeboat(start, point.death);
  if (ran.code !== null) return [`was to die and ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`];
  const problems = await afterDeath(place);
  let way = point.way;
  let last = await take(place, way, point.again?.death);
  if (last.code === null && point.again !== undefined) {
    problems.push(...(await afterDeath(place)).map((problem) => `second kill: ${problem}`));
    way = point.again.way;
    last = await take(place, way);
  }
  problems.push(...(await atTheEnd(point, place, way, last)));
  if (problems.length === 0) await place.clear();
  return problems;
}

export async function take(
  { home, name, lifeboat }: Place,
  way: Way,
  death?: Death,
  more: string[] = [],
): Promise<Ran> {
  const run = (await findRun(home))?.run ?? "latest";
  const answers = way === "resume" ? ["--plain", "--done", "look"] : [];
  return lifeboat([way, run, "--confirm", name, ...answers, ...more], death);
}
