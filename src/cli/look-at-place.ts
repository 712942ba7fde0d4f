import type { Launch } from "../hosts/launcher.ts";
import { whoIsThere } from "../hosts/who-is-there.ts";
import type { Place } from "../runbook/place.ts";
import { goesBySelf } from "../stores/registry.ts";
import type { StoreKind } from "../stores/store-kind.ts";
import { type FarPlace, farPlaceOf, USUAL_FOLDERS } from "../stores/host/far-place.ts";
import { lookCommand, parseLook } from "../stores/host/look.ts";

const PATIENCE_MS = 30_000;

/**
 * A store's host as plans need it: who it is, and the folder there that a run may put its files into. One that cannot be
 * reached is no error yet: the store on it cannot be asked either, and says so.
 */
export async function lookAtPlace(
  place: Place,
  kind: StoreKind,
  launch: Launch,
): Promise<FarPlace | undefined> {
  const far = farPlaceOf(place);
  if (far === undefined || goesBySelf(kind, far)) return far;
  try {
    const folders = place.tmp === undefined ? USUAL_FOLDERS : [place.tmp];
    const { stdout } = await launch(lookCommand(far, folders, []), {
      effect: "reads",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const open = parseLook(stdout).folders.find(({ state }) => state === "open");
    return { ...far, tmp: open?.path ?? far.tmp, identity: await whoIsThere(far.hops, launch) };
  } catch {
    return far;
  }
}
