import { afterAll, beforeAll, expect, test } from "vitest";
import { MINIO_PROGRAMS } from "../helpers/minio.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import type { ChaosStore } from "./chaos-store.ts";
import { openChaosS3 } from "./stores/s3.ts";
import { sweepStore } from "./sweep-store.ts";

const COUNT = Number(process.env["CHAOS_POINTS"] ?? 24);
const SEED = Number(process.env["CHAOS_SEED"] ?? 1);
const HOUR = 3_600_000;

suiteFor("buckets under the kill sweep", [...MINIO_PROGRAMS, "rclone", "mc"], () => {
  let store: ChaosStore;
  beforeAll(async () => {
    store = await openChaosS3(["rclone", "built-in", "mc"]);
  });
  afterAll(() => store?.stop());

  test(
    "a bucket's live restore, killed anywhere, is finished or taken back, and no object from before is ever lost",
    async () => {
      const { points, red } = await sweepStore(store, { count: COUNT, seed: SEED });
      expect(red.join("\n\n")).toBe("");
      expect(points).toBe(COUNT);
    },
    HOUR,
  );
});
