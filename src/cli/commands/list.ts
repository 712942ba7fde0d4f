import { ageInWords, inWords } from "../../base/duration.ts";
import { summarizeSystems, type SystemSummary } from "../systems.ts";
import type { World } from "../world.ts";

function lines(system: SystemSummary, now: Date): string[] {
  const fresh = system.newestBackup
    ? `newest backup ${ageInWords(now.getTime() - system.newestBackup.getTime())} ago${system.rpoMet === undefined ? "" : system.rpoMet ? ", RPO met" : ", RPO NOT MET"}`
    : "no backup found";
  const goals = [
    system.rtoMs === undefined ? "" : `RTO ${inWords(system.rtoMs)}`,
    system.rpoMs === undefined ? "" : `RPO ${inWords(system.rpoMs)}`,
  ].filter((g) => g !== "");
  return [
    `${system.name}  ${system.title} (${system.environment})`,
    `  ${[...goals, system.problem ?? fresh].join(", ")}`,
    ...system.runbooks.map((r) => `  ${system.name} ${r.name}  ${r.title}: ${r.scenario}`),
  ];
}

/** `lifeboat list`: systems and runbooks, objectives, freshness. */
export async function list(world: World, json: boolean): Promise<number> {
  const systems = await summarizeSystems(world);
  const now = world.clock.now();
  world.stdout.write(
    json
      ? `${JSON.stringify(systems, null, 2)}\n`
      : `${systems.flatMap((s) => [...lines(s, now), ""]).join("\n")}`,
  );
  return 0;
}
