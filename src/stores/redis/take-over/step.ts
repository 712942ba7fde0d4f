import { counted } from "../../../base/size.ts";
import type { Step } from "../../../step/step.ts";
import { tokenFor } from "../../part.ts";
import { awaitCopy, removeCopy, startCopy } from "../copy-server.ts";
import type { RestoreContext } from "../restore-context.ts";
import { keptCheck, placeOf, sameCheck } from "../restore-swap.ts";
import { swapPart } from "../swap-part.ts";
import { cleanupCommand } from "../swap-scripts.ts";
import { keepCommand, takeBackCommands, takeOverCommand, takeOverProbe, undoFolder } from "./scripts.ts";

/** The server of a pod takes over what the copy's server holds; the data from before is kept as a snapshot. */
export function takeOverStep(context: RestoreContext): Step {
  const { kept } = context;
  const place = placeOf(context);
  const undo = undoFolder(place);
  return swapPart(context, {
    gist: `a snapshot of what it holds to ${kept}; REPLICAOF the copy's server, until it has all; REPLICAOF NO ONE`,
    title: "Take over",
    why: "the server is its pod's own process and is not stopped: it takes over the proven data as a replica of the copy's server",
    gate: gateOf(context),
    commands: [
      keepCommand(place, tokenFor(context, "kept")),
      takeOverCommand(place, tokenFor(context, "taken-over")),
    ],
    checks: [sameCheck(context), keptCheck(context)],
    probe: takeOverProbe(place),
    where: "",
    undo: {
      says: "loads the data from before and lets the server take it over",
      commands: takeBackCommands(
        place,
        startCopy(undo),
        awaitCopy(undo, tokenFor(context, "undo-loaded")),
        removeCopy(undo),
      ),
    },
    cleanUp: cleanupCommand(place),
  });
}

function gateOf({ facts, target, kept, run }: RestoreContext): NonNullable<Step["gate"]> {
  const clients = facts?.running === true ? facts.clients : 0;
  return {
    kind: "confirm",
    expect: target,
    prompt: "Type the name of the store to go on",
    says: [
      `This makes the server of ${target} forget what it holds and take over the backup. It is not restarted; ${counted(clients, "client")} cannot write meanwhile.`,
      `What it holds now is kept in ${kept}. Undo: lifeboat undo ${run.id}`,
    ],
    flag: `--confirm ${target}`,
  };
}
