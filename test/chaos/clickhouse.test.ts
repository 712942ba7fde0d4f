import { afterAll, beforeAll, expect, test } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../helpers/clickhouse.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import type { ChaosStore } from "./chaos-store.ts";
import { openChaosClickhouse } from "./stores/clickhouse.ts";
import { sweepStore } from "./sweep-store.ts";

const COUNT = Number(process.env["CHAOS_POINTS"] ?? 24);
const SEED = Number(process.env["CHAOS_SEED"] ?? 1);

// Broken by hand, it went red: a probe that takes a copy for loaded as soon as its database is there (point 10 of 12, seed 3:
// the resumed run ended with verification red and left the copy); an undo that leaves renamed tables where they are (point 3
// of 24, seed 2: a run that was whole, taken back, still had the backup's tables live).
suiteFor("ClickHouse under the kill sweep", CLICKHOUSE_PROGRAMS, () => {
  let store: ChaosStore;
  beforeAll(async () => {
    store = await openChaosClickhouse();
  });
  afterAll(() => store?.stop());

  test(`a live restore killed at any of ${COUNT} points can be taken on or back, and the old data is never lost`, async () => {
    const { points, red } = await sweepStore(store, { count: COUNT, seed: SEED });
    expect(red.join("\n\n"), `${red.length} of ${points} points are red, seed ${SEED}`).toBe("");
    expect(points).toBeGreaterThanOrEqual(COUNT);
  }, 1_800_000);
});
