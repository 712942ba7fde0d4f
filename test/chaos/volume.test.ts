import { afterAll, beforeAll, expect, test } from "vitest";
import { DOCKER_PROGRAMS, noDocker } from "../helpers/docker.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import type { ChaosStore } from "./chaos-store.ts";
import { openChaosVolume } from "./stores/volume.ts";
import { sweepStore } from "./sweep-store.ts";

const COUNT = Number(process.env["CHAOS_POINTS"] ?? 24);
const SEED = Number(process.env["CHAOS_SEED"] ?? 1);
const HOUR = 3_600_000;

suiteFor(
  "the kill sweep over volumes",
  DOCKER_PROGRAMS,
  () => {
    let store: ChaosStore;
    beforeAll(async () => {
      store = await openChaosVolume();
    });
    afterAll(() => store?.stop());

    test(
      `a live restore killed at any of ${COUNT} points is taken on or back, and the old data is never lost`,
      async () => {
        const { points, red } = await sweepStore(store, { count: COUNT, seed: SEED });
        expect(red.join("\n\n"), `${red.length} of ${points} points are red, seed ${SEED}`).toBe("");
        expect(points).toBeGreaterThanOrEqual(COUNT);
      },
      HOUR,
    );
  },
  noDocker(),
);
