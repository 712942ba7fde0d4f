import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import type { Expansion } from "../store-kind.ts";
import { offlineContext, type OfflineContext } from "./offline-context.ts";
import { offlineBuildStep, offlinePreflightStep, offlineTidyStep } from "./offline-steps.ts";
import { offlineSwapStep } from "./offline-swap.ts";
import { artifactStep } from "./restore-artifact.ts";
import type { RestoreContext } from "./restore-context.ts";
import { unpackStep } from "./restore-load.ts";

/** Exit 2: strategy replace asks for more than this store says. */
function lacking(context: RestoreContext, why: string): LifeboatError {
  return new LifeboatError(EXIT.usage, {
    what: "this cannot be restored offline",
    where: `store ${context.store}`,
    why,
    changed: "nothing",
    next: "use --strategy swap, or give the store its `offline` settings and choose a legacy backup",
  });
}

/**
 * Build new folders beside → stop → exchange the folders by rename → start → verify. For a server that does not start, and for
 * whoever wants users, continuous queries and every other piece of metadata back as they were backed up.
 */
export function expandOffline(restore: RestoreContext): Expansion {
  const { offline } = restore.connection;
  if (offline === undefined) throw lacking(restore, "system.yaml does not say how the server is stopped");
  if (restore.source.format.payload !== "influx-legacy")
    throw lacking(restore, "a portable backup is restored by a running server only");
  const context: OfflineContext = offlineContext(restore, offline);
  const packed = restore.source.isPacked;
  return {
    steps: [
      offlinePreflightStep(context),
      artifactStep(restore),
      ...(packed ? [unpackStep(restore)] : []),
      offlineBuildStep(context, packed ? "unpack" : "artifact"),
      offlineSwapStep(context),
      offlineTidyStep(context),
    ],
    last: [],
    keeps: [`the present folders of the server, whole, in ${context.places.kept}, until you remove them`],
    notes: [
      ...restore.source.notes,
      "Offline: users, their passwords and everything else in the metadata will be as in the backup.",
    ],
  };
}
