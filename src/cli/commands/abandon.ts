import { EXIT } from "../../base/exit-codes.ts";
import { abandonRun } from "../abandon-run.ts";
import type { World } from "../world.ts";

/** `lifeboat abandon <run> --because …`. */
export function abandon(world: World, wanted: string, because: string): number {
  const { run, stands, next, report } = abandonRun(world, wanted, because);
  const lines = [`abandoned: ${run}`, ...stands.map((line) => `  ${line}`), ...next, `report: ${report}`];
  world.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.done;
}
