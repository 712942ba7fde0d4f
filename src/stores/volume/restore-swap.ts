import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { liveOnly, part, tokenFor } from "../part.ts";
import { labelOf, script } from "./engine.ts";
import { usersOf } from "./facts.ts";
import type { VolumeContext } from "./restore-context.ts";
import { removeVolume } from "./restore-effects.ts";
import {
  startAgainScript,
  startScript,
  stopScript,
  swapProbe,
  swapScript,
  unswapScript,
  USERS_LABEL,
} from "./swap-scripts.ts";

const MINUTE = 60_000;

const USER =
  '{"name":{{json (slice .Name 1)}},"status":{{json .State.Status}},"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}""{{end}}}';

/** What became of the containers that were stopped. */
export function usersCheck({ engine, names }: VolumeContext): Check {
  return {
    title: "the containers that were stopped run again",
    source: script(
      engine,
      `ids=${labelOf(names.kept, USERS_LABEL)}; [ -z "$ids" ] || docker inspect --format ${shellWord(USER)} $ids`,
    ),
    judge: "volume.users",
    args: {},
    onError: "fail",
  };
}

export function keptCheck({ engine, names }: VolumeContext): Check {
  return {
    title: "the old data is kept",
    source: script(engine, `docker volume ls -q | grep -cxF -e ${shellWord(names.kept)}`),
    judge: "expectation",
    args: { name: `${names.kept} is there`, expect: { equals: 1 } },
    onError: "fail",
  };
}

/** Stop, two renames, start: one step, because none of its halves may stay. */
export function swapStep(context: VolumeContext): Step {
  const { engine, names, run, facts } = context;
  const { live, kept } = names;
  const stopped = tokenFor(context, "stopped");
  const swapped = tokenFor(context, "swapped");
  const started = tokenFor(context, "started");
  const said = (text: string, token: string) => script(engine, `${text}\necho ${token}`, { token });
  return part(context, "swap", ["verify"], {
    gist: `docker stop; ${live} to ${kept}, ${names.copy} to ${live}; docker start`,
    title: "Swap",
    why: "stops who uses the volume, gives the two folders each other's place, starts exactly those again",
    effect: "reversible",
    ...liveOnly(context),
    touchesLive: true,
    gate: swapGate(context),
    commands: [
      said(stopScript(context), stopped),
      said(swapScript(context), swapped),
      said(startScript(names), started),
    ],
    outdates: [`${context.step.id}.create`],
    after: `${live} holds the restored data; the data from before is kept as the volume ${kept}`,
    checks: [usersCheck(context), keptCheck(context)],
    probe: script(engine, swapProbe(context)),
    undo: {
      says: `puts the old data back: what is in ${kept} becomes ${live} again, with the same containers`,
      commands: [script(engine, unswapScript(context)), script(engine, startAgainScript(context))],
      until: `${kept} is removed`,
      onFailure: true,
    },
    cleanup: {
      says: `removes the volume ${kept}, the data from before this restore; the swap can then not be undone`,
      commands: [script(engine, `set -e\n${removeVolume(kept, run.id)}`)],
      expect: kept,
      onFailure: false,
    },
    timeoutMs: Math.max(
      15 * MINUTE,
      3 * 1000 * engine.stopSeconds * (1 + (facts ? usersOf(facts).length : 0)),
    ),
    silenceMs: 15 * MINUTE,
    expectedMs: 3000,
  });
}

/** What becomes of the containers that use it. */
export function stoppedInWords({ names, facts }: VolumeContext): string {
  const users = facts === undefined ? undefined : usersOf(facts).map(({ name }) => name);
  if (users === undefined) return `Every container that uses ${names.live} is stopped, and started again.`;
  if (users.length === 0)
    return `No container used ${names.live} when the plan was made; any that does by then is stopped, and started again.`;
  return `Stopped, and started again: ${users.join(", ")}.`;
}

function swapGate(context: VolumeContext): NonNullable<Step["gate"]> {
  const { live, kept } = context.names;
  return {
    kind: "confirm",
    expect: live,
    prompt: "Type the name of the volume to go on",
    says: [
      `This moves the content of ${live} to ${kept}, and the restored content to ${live}.`,
      `${stoppedInWords(context)} Undo: lifeboat undo ${context.run.id}`,
    ],
    flag: `--confirm ${live}`,
  };
}
