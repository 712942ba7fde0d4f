import type { Step } from "../../step/step.ts";
import { liveOnly, part, tokenFor } from "../part.ts";
import { script } from "./engine.ts";
import {
  keepScript,
  removeKept,
  replaceProbe,
  replaceScript,
  startAfterReplace,
  unreplaceScript,
} from "./replace-scripts.ts";
import type { VolumeContext } from "./restore-context.ts";
import { keptCheck, stoppedInWords, usersCheck } from "./restore-swap.ts";
import { startScript, stopScript } from "./swap-scripts.ts";

const HOUR = 3_600_000;

/** Stop, copy the old content and prove it, replace, start: the containers wait for two copies. */
export function replaceStep(context: VolumeContext): Step {
  const { engine, names, run } = context;
  const { live, kept } = names;
  const said = (text: string, word: string) => {
    const token = tokenFor(context, word);
    return script(engine, `${text}\necho ${token}`, { token });
  };
  return part(context, "swap", ["verify"], {
    title: "Replace the content",
    why: "stops who uses the volume, copies the old content and proves the copy, fills in the new, starts exactly those again",
    effect: "reversible",
    ...liveOnly(context),
    touchesLive: true,
    gate: {
      kind: "confirm",
      expect: live,
      prompt: "Type the name of the volume to go on",
      says: [
        `This copies the content of ${live} to ${kept}, proves that copy, then replaces the content.`,
        `${stoppedInWords(context)} Undo: lifeboat undo ${run.id}`,
      ],
      flag: `--confirm ${live}`,
    },
    commands: [
      said(stopScript(context), "stopped"),
      said(keepScript(context), "kept"),
      said(replaceScript(context), "replaced"),
      said(startScript(names), "started"),
    ],
    outdates: [`${context.step.id}.create`],
    after: `${live} holds the restored data; the data from before is kept as the volume ${kept}`,
    checks: [usersCheck(context), keptCheck(context)],
    probe: script(engine, replaceProbe(context)),
    undo: {
      says: `puts the old data back: copies ${kept} to ${live}, with the same containers`,
      commands: [script(engine, unreplaceScript(context)), script(engine, startAfterReplace(context))],
      until: `${kept} is removed`,
      onFailure: true,
    },
    cleanup: {
      says: `removes the volume ${kept}, the data from before this restore; it can then not be undone`,
      commands: [script(engine, removeKept(names, run.id))],
      expect: kept,
      onFailure: false,
    },
    timeoutMs: 12 * HOUR,
    silenceMs: 6 * HOUR,
  });
}
