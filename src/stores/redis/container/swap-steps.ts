import { counted } from "../../../base/size.ts";
import { shellWord } from "../../../base/quote.ts";
import type { Check } from "../../../step/check.ts";
import type { Step } from "../../../step/step.ts";
import { tokenFor } from "../../part.ts";
import type { RestoreContext } from "../restore-context.ts";
import { keptCheck, removeStep, sameCheck, swapGate } from "../restore-swap.ts";
import { openPart, swapPart } from "../swap-part.ts";
import { openCheck, openCommands, openProbe } from "./open-scripts.ts";
import { removeCopyContainer } from "./proof.ts";
import {
  cleanupCommand,
  placeCommand,
  startCommand,
  startedCommand,
  stopCommand,
  swapProbe,
} from "./swap-scripts.ts";
import type { ContainerPlace } from "./swap-words.ts";
import { undoCommands } from "./undo-scripts.ts";
import { helperName, inServer, outerScript } from "./way.ts";

const inside = (check: Check, { way }: ContainerPlace): Check =>
  "inspect" in check.source ? check : { ...check, source: inServer(way, check.source) };

/** The files of a container's server are moved while the container is stopped, by a helper container with its volumes. */
export function containerSwap(context: RestoreContext, place: ContainerPlace): Step {
  const { kept, skipSafetyCopy } = context;
  const { way, wasUp } = place;
  const back = wasUp
    ? " and starts the container on them"
    : ", and leaves the container stopped as it was found";
  return swapPart(context, {
    gist: `docker stop; old files to ${kept}; the proven file in their place; docker start`,
    title: "Swap",
    why: "the container is stopped, the server's files are set aside, the proven file takes their place, it is started and compared",
    gate: containerGate(context, place),
    commands: [
      stopCommand(place, skipSafetyCopy, tokenFor(context, "stopped")),
      placeCommand(place, tokenFor(context, "placed")),
      startCommand(place),
      startedCommand(place, tokenFor(context, "started")),
    ],
    checks: [
      inside(sameCheck(context), place),
      { ...keptCheck(context), source: outerScript(way, `look ${shellWord(`ls -A ${shellWord(kept)}`)}`) },
    ],
    probe: swapProbe(place),
    where: ` of ${way.words}`,
    undo: { says: `puts the old files back${back}`, commands: undoCommands(place) },
    cleanUp: cleanupCommand(place),
  });
}

/** Writers are told of at the gate: nothing can be added to the container's start command that would keep them out from its first moment. */
function containerGate(context: RestoreContext, { way }: ContainerPlace): NonNullable<Step["gate"]> {
  const gate = swapGate(context);
  const clients = context.facts?.running === true ? context.facts.clients : 0;
  const writers =
    clients === 0
      ? []
      : [
          `${counted(clients, "client")} may write for a moment between its start and the comparison, and make that red: better stop them first.`,
        ];
  const [, ...rest] = gate.says;
  return {
    ...gate,
    says: [`This stops and starts ${way.words}: the server of ${context.target}.`, ...rest, ...writers],
  };
}

/** What the restored server does not use of the placed files is removed, then writes are let in. */
export function containerOpen(context: RestoreContext, place: ContainerPlace): Step {
  return openPart(context, {
    gist: "the placed file in the form the server does not use is removed; min-replicas-to-write as before",
    title: "Writes on",
    why: "with the proof behind it: it began with the proven file as a restart would, so it takes writes at once",
    commands: openCommands(place, tokenFor(context, "durable"), tokenFor(context, "open")),
    probe: openProbe(place),
    where: ` of ${place.way.words}`,
    asks: openCheck(place),
  });
}

export function containerRemove(context: RestoreContext, { way }: ContainerPlace, after: string): Step {
  const { copy, mode } = context;
  const name = helperName(way, "copy");
  const lives = `docker ps -aq --filter ${shellWord(`name=^/${name}$`)}`;
  const folder =
    mode === "drill" ? "" : `; look ${shellWord(`[ ! -e ${shellWord(copy)} ] || echo ${shellWord(copy)}`)}`;
  const left = `left=$(${lives}${folder}) || exit 1`;
  const base = removeStep(context, after);
  return {
    ...base,
    gist: `docker rm -f ${name}${mode === "drill" ? "" : `; removes ${copy}`}`,
    commands: [removeCopyContainer(context, way, tokenFor(context, "removed"))],
    checks: base.checks.map((check) => ({
      ...check,
      source: outerScript(way, `${left}\nif [ -n "$left" ]; then echo 1; else echo 0; fi`),
    })),
    probe: outerScript(way, `${left}\nif [ -n "$left" ]; then echo 'NOT DONE'; else echo DONE; fi`),
  };
}
