import { afterAll, beforeAll, expect, test } from "vitest";
import { INFLUXDB_PROGRAMS } from "../helpers/influxdb.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import type { ChaosStore } from "./chaos-store.ts";
import { openChaosInflux } from "./stores/influxdb.ts";
import { openChaosInfluxOffline } from "./stores/influxdb-offline.ts";
import { sweepStore } from "./sweep-store.ts";

const COUNT = Number(process.env["CHAOS_POINTS"] ?? 20);
const SEED = Number(process.env["CHAOS_SEED"] ?? 1);

suiteFor("InfluxDB under the kill sweep", INFLUXDB_PROGRAMS, () => {
  let store: ChaosStore;
  beforeAll(async () => {
    store = await openChaosInflux();
  });
  afterAll(() => store?.stop());

  test(`a live restore killed at any of ${COUNT} points can be taken on or back, and the old data is never lost`, async () => {
    const { points, red } = await sweepStore(store, { count: COUNT, seed: SEED });
    expect(red.join("\n\n"), `${red.length} of ${points} points are red, seed ${SEED}`).toBe("");
    expect(points).toBe(COUNT);
  }, 1_800_000);
});

suiteFor("InfluxDB offline under the kill sweep", INFLUXDB_PROGRAMS, () => {
  let store: ChaosStore;
  beforeAll(async () => {
    store = await openChaosInfluxOffline();
  });
  afterAll(() => store?.stop());

  test(`an exchange of folders killed at any of ${COUNT} points can be taken on or back, and the old data is never lost`, async () => {
    const { points, red } = await sweepStore(store, { count: COUNT, seed: SEED });
    expect(red.join("\n\n"), `${red.length} of ${points} points are red, seed ${SEED}`).toBe("");
    expect(points).toBe(COUNT);
  }, 1_800_000);
});
