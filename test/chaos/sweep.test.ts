import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./ground.ts";
import { findRun } from "./journal-lines.ts";
import { choosePoints, type Point, type References } from "./points.ts";
import { survive } from "./survive.ts";

/*
 * Tried by hand, each time with nothing else changed, to see the sweep fall:
 * - The journal without its fdatasync (append.ts): 13 of 50 points red, every one with `power`. "a copy exists, and the
 *   journal does not know of it"; after swap and drop "there is no live database", because a resume that finds an empty
 *   journal believes that nothing was done.
 * - `command.started` written after the launch instead of before it (run-command.ts): 48 of 50 red, "a command ran before
 *   it was announced"; killed between the two, also "a copy exists, and the journal does not know of it".
 * - The probe of the load answering DONE whatever the copy's mark says (restore-effects.ts): 7 of 150 red, those that
 *   resume a run killed inside the load: "resume ended with 20 … the copy is not there or was not restored by this run",
 *   and with replace "there is no live database".
 */

/** Every journal line of both runbooks at least once. */
const COUNT = Number(process.env["CHAOS_POINTS"] ?? 140);
const SEED = Number(process.env["CHAOS_SEED"] ?? 1);
const ONLY = process.env["CHAOS_ONLY"]?.split(",").map(Number);
const AT_ONCE = 3;
const HOUR = 3_600_000;
/** Twenty times what a point takes on a busy machine: a program that hangs is red, and the others are still looked at. */
const HANGS_MS = 180_000;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.stop());

/** A run nobody kills says what boundaries there are. */
async function reference(strategy: Point["strategy"]): Promise<References["swap"]> {
  const n = strategy === "swap" ? 90_001 : 90_002;
  const { place, start } = await ground.place({ n, strategy, format: "custom", slow: false });
  const ran = await place.lifeboat(start);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  const events = (await findRun(place.home))?.events ?? [];
  await place.clear();
  return events;
}

const hung = (): Promise<string[]> => setTimeout(HANGS_MS, ["it neither ends nor fails"], { ref: false });

test(
  `a run killed at any of ${COUNT} points can be taken on or back, and the old data is never lost`,
  async () => {
    const references = { swap: await reference("swap"), replace: await reference("replace") };
    const points = choosePoints(references, COUNT, SEED).filter((point) => ONLY?.includes(point.n) ?? true);
    const red: string[] = [];
    let survived = 0;
    const queue = points.values();
    const work = async (): Promise<void> => {
      for (const point of queue) {
        const problems = await Promise.race([survive(ground, point), hung()]).catch((error: unknown) => [
          String(error),
        ]);
        if (problems.length === 0) survived += 1;
        else red.push(`${JSON.stringify(point)}\n  ${problems.join("\n  ")}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(red.join("\n\n"), `${red.length} of ${points.length} points are red, seed ${SEED}`).toBe("");
    expect(survived).toBe(points.length);
  },
  HOUR,
);
