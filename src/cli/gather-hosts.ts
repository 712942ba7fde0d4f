import { whoControls } from "../hosts/who-is-there.ts";
import type { Launch } from "../hosts/launcher.ts";
import type { PlanHost } from "../plan/plan-schema.ts";
import { type LoadedSystem, placeOf } from "../runbook/load.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";

/** Every host that steps name, besides this machine, asked who it is. One that does not answer is no error yet. */
export async function gatherHosts(
  system: LoadedSystem,
  steps: readonly RunbookStep[],
  launch: Launch,
): Promise<PlanHost[]> {
  const named = new Set(steps.flatMap((step) => ("host" in step ? (step.host ?? []) : [])));
  const places = [...named].map((id) => placeOf(system, id)).filter(({ kind }) => kind !== "local");
  return Promise.all(
    places.map(async (place) => ({
      host: place.id,
      words: place.words,
      identity: await whoControls(place, launch),
    })),
  );
}

/** Asks again; what a host that is no longer named is, nobody knows. */
export function hostIdentifier(
  system: LoadedSystem,
  launch: Launch,
): (host: string) => Promise<PlanHost["identity"]> {
  return async (host) => whoControls(placeOf(system, host), launch);
}
