import { afterAll, beforeAll, expect, test } from "vitest";
import { MONGODB_PROGRAMS } from "../helpers/mongodb.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import type { ChaosStore } from "./chaos-store.ts";
import { openChaosMongodb } from "./stores/mongodb.ts";
import { sweepStore } from "./sweep-store.ts";

const COUNT = Number(process.env["CHAOS_POINTS"] ?? 24);
const SEED = Number(process.env["CHAOS_SEED"] ?? 1);

/*
 * What it looks like when something is wrong (tried, seed 1):
 * - probes that always say DONE: 2 of 10 points are red, "customers should be 300 … and is 40": the resume went on behind a
 *   load that had never run, and the verification stopped it with 24;
 * - a swap that drops the live collections instead of renaming them: the run that nobody kills already ends with 22, its own
 *   post-condition says "collections not in place, or whose old data is not kept: expected equal to 0, found 4".
 */
suiteFor("MongoDB under the kill sweep", MONGODB_PROGRAMS, () => {
  let store: ChaosStore;
  beforeAll(async () => {
    store = await openChaosMongodb();
  }, 300_000);
  afterAll(() => store?.stop());

  test(`a live restore killed at any of ${COUNT} points can be taken on or back, and the old data is never lost`, async () => {
    const { points, red } = await sweepStore(store, { count: COUNT, seed: SEED });
    expect(red.join("\n\n"), `${red.length} of ${points} points are red, seed ${SEED}`).toBe("");
    expect(points).toBeGreaterThanOrEqual(COUNT);
  }, 3_600_000);
});
