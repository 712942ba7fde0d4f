import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "../../base/exit-codes.ts";
import { sweep } from "../../certify/sweep.ts";
import { certificateLines } from "../../certify/table.ts";
import type { Strategy } from "../../step/mode.ts";
import { simulatedPlan } from "../simulated-plan.ts";
import type { World } from "../world.ts";

/** `lifeboat certify <system> <runbook>`: kills the engine at every journal boundary; exit 20 when one falls short. */
export async function certify(
  world: World,
  system: string,
  runbook: string,
  strategy: Strategy | undefined,
  json: boolean,
): Promise<number> {
  const plan = await simulatedPlan(world, system, runbook, strategy);
  // The engine writes outputs somewhere; nothing of a simulated run is kept.
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-certify-"));
  mkdirSync(join(folder, "output"));
  try {
    const certificate = await sweep(plan, folder);
    const { plan: _plan, ...figures } = certificate;
    const text = json
      ? JSON.stringify({ system, runbook, strategy: plan.strategy, hash: plan.hash, ...figures }, null, 2)
      : certificateLines(certificate, world.clock.now()).join("\n");
    world.stdout.write(`${text}\n`);
    return certificate.passed ? EXIT.done : EXIT.failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
