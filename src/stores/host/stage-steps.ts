import { join } from "node:path";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import type { StoreContext } from "../store-kind.ts";
import { type Carried, leftCommand, removeCommand, sendCommands, sumsCommand } from "./carry-files.ts";
import { carried, type FarPlace, runFolderThere, stepFolderThere } from "./far-place.ts";
import { lookCommand } from "./look.ts";

const MINUTE = 60_000;
/** Bytes in a millisecond through a container engine; only for the expected time on screen. */
const SEND_BYTES_PER_MS = 100_000;
/** The folder of a step's files that stays until it is cleaned up: copies of data that was replaced. */
export const SAFETY = "safety";

/** Something that is sent, and the step whose reading of it here made the digest to compare with. */
export interface Sent extends Carried {
  readBy: string | undefined;
  bytes?: number | undefined;
}

/** What the extra steps of one of the runbook's steps are made from. */
export interface Staging {
  step: Parameters<typeof part>[0]["step"];
  context: StoreContext;
  place: FarPlace;
}

const partsOf = ({ step, context }: Staging): Parameters<typeof part>[0] => ({
  step,
  store: context.id,
  host: context.store.host,
  mode: context.mode,
  run: context.run,
});

/** Whether the host can do what the steps ask of it, before anything is put there. */
export function hostStep(staging: Staging, programs: readonly string[], needed: number): Step {
  const { place } = staging;
  return part(partsOf(staging), "host", [], {
    title: "Host is ready",
    why: `whether ${place.words} has the programs, the room and the rights that the steps need`,
    effect: "reads",
    // Made anew since under the same name, it would get the backup, and be refused only at the swap.
    asksHost: true,
    checks: [
      {
        title: `what ${place.words} has`,
        source: lookCommand(place, [place.tmp], programs),
        judge: "host.look",
        args: { host: place.id, words: place.words, folder: place.tmp, needed },
        onError: "fail",
      },
    ],
    timeoutMs: 2 * MINUTE,
    silenceMs: MINUTE,
    failsAs: "preflight",
  });
}

/** What lies there is, byte for byte, what was read here. */
export const sameThere = (place: FarPlace, path: string, readBy: string): Check => ({
  title: `${path} on ${place.words} is what was read here`,
  source: sumsCommand(place, path),
  judge: "host.same",
  args: { name: `${path} there is what was read here`, readBy },
  onError: "fail",
});

/** Reads the backup on this machine, where no other step does it before it is sent. */
export const readStep = (staging: Staging, check: Check): Step =>
  part(partsOf(staging), "read", [], {
    title: "Backup is good",
    why: "reads the whole backup before it is sent",
    effect: "reads",
    checks: [check],
    failsAs: "preflight",
  });

/** Sends what the store's commands read; `checks` are those that read it there. */
export function stageStep(
  staging: Staging,
  sent: readonly Sent[],
  needs: readonly string[],
  checks: readonly Check[],
): Step {
  const { place, context, step } = staging;
  const { run } = context;
  const runFolder = runFolderThere(place, run);
  const folder = stepFolderThere(place, run, step);
  const bytes = sent.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  return {
    ...part(partsOf(staging), "stage", [], {
      title: "Send the backup",
      why: `the store's programs run on ${place.words}; what arrives there is compared with what was read here`,
      gist: `${sent.map(({ here }) => here).join(", ")} to ${folder} on ${place.words}`,
      effect: "reversible",
      commands: sent.flatMap((one) => {
        const work = join(run.dir, `${step.id}.stage`);
        return sendCommands(place, one, { runFolder, work, bytes: one.bytes });
      }),
      checks: [
        ...sent.flatMap(({ there, readBy }) =>
          readBy === undefined ? [] : [sameThere(place, there, readBy)],
        ),
        ...checks,
      ],
      probe: carried(place, {
        argv: ["sh", "-c", PROBE, ...sent.map(({ there }) => there)],
        env: {},
        secrets: {},
      }),
      repeatable: true,
      undo: {
        says: `removes ${folder} on ${place.words}`,
        commands: [removeCommand(place, folder, runFolder)],
        onFailure: false,
      },
      after: `the backup lies in ${folder} on ${place.words}`,
      expectedMs: Math.ceil(bytes / SEND_BYTES_PER_MS) + 1000,
      failsAs: "preflight",
    }),
    needs: [...needs],
  };
}

/** A path only has its name when all of it came; that it is the right thing is what the checks say. */
const PROBE = `whole=0 partial=0
for each in "$0" "$@"; do
  if [ -e "$each" ]; then whole=$((whole + 1)); fi
  if [ -e "$each.partial" ]; then partial=1; fi
done
if [ $whole -gt $# ] && [ $partial = 0 ]; then echo DONE
elif [ $whole = 0 ] && [ $partial = 0 ]; then echo NOT DONE
else echo PARTLY; fi`;

/**
 * Takes away what was sent and made there, as the last thing of the plan. Copies that a way back needs there stay until the
 * clean-up.
 */
export function unstageStep(staging: Staging, made: readonly string[], keepsSafety: boolean): Step {
  const { place, context, step } = staging;
  const folder = stepFolderThere(place, context.run, step);
  const spare = keepsSafety ? SAFETY : "";
  return part(partsOf(staging), "unstage", [], {
    title: "Clear the host",
    why: `nothing of the run stays on ${place.words}${keepsSafety ? " but its safety copies; they lie on this machine too" : ""}`,
    effect: "reversible",
    commands: [
      removeCommand(place, folder, runFolderThere(place, context.run), spare === "" ? undefined : spare),
      ...made.map((path) => ({ argv: ["rm", "-rf", path], env: {}, secrets: {} })),
    ],
    checks: [
      {
        title: "it is gone",
        source: leftCommand(place, folder, spare),
        judge: "expectation",
        args: { name: `what lay in ${folder} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: carried(place, {
      argv: ["sh", "-c", 'if [ -e "$0" ]; then echo NOT DONE; else echo DONE; fi', folder],
      env: {},
      secrets: {},
    }),
    repeatable: true,
    outdates: [`${step.id}.stage`],
    timeoutMs: 10 * MINUTE,
  });
}
