import { existsSync } from "node:fs";
import { join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { World } from "./world.ts";

/** The practice system is only there while its server is; asking for its variables would help nobody. */
export function refuseWithoutEstate(world: World, system: string): void {
  if (system !== "practice" || world.env["PRACTICE_URL"]) return;
  if (existsSync(join(world.home, "practice", "practice.env"))) return;
  throw new LifeboatError(EXIT.preflight, {
    what: "there is no practice server now",
    next: "start one that stays: lifeboat practice --auto --keep",
  });
}
