import { count } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { liveOnly, part, tokenFor } from "../part.ts";
import { shell } from "./client.ts";
import { chosenIn, movesAside, newerThan, nothingThere, type RestoreContext } from "./restore-context.ts";
import { dropKeptScript, notPlacedScript, swapProbe, swapScript, unswapScript } from "./swap-scripts.ts";

const MINUTE = 60_000;

/** "orders, users and 3 more". */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${count(names.length - 5)} more` : shown;
}

function swapGate(context: RestoreContext): NonNullable<Step["gate"]> {
  const { names, run } = context;
  const { collections } = chosenIn(context);
  const newer = newerThan(context);
  const one = collections[0] ?? "";
  const about =
    newer.length === 0
      ? []
      : [
          movesAside(context)
            ? `Not in the backup and moved aside with the old data: ${some(newer)}.`
            : `Not in the backup and left as they are: ${some(newer)}.`,
        ];
  return {
    kind: "confirm",
    expect: names.live,
    prompt: "Type the name of the database to go on",
    says: [
      `This puts ${count(collections.length)} restored ${collections.length === 1 ? "collection" : "collections"} in place, one by one: ${one} → ${one}${names.kept}, ${one}${names.copy} → ${one} …`,
      ...about,
      "In between, an application sees old collections next to new ones: stop those that write, if you can.",
      `Undo: lifeboat undo ${run.id} (< 5 s)`,
    ],
    flag: `--confirm ${names.live}`,
  };
}

export function swapStep(context: RestoreContext): Step {
  const { client, names, run } = context;
  const absent = nothingThere(context);
  const aside = movesAside(context) ? newerThan(context) : undefined;
  const placed: Check = {
    title: "every collection is in place, and the old one is kept",
    source: shell(client, names.live, notPlacedScript(names)),
    judge: "expectation",
    args: { name: "collections not in place, or whose old data is not kept", expect: { equals: 0 } },
    onError: "fail",
  };
  return part(context, "swap", ["verify"], {
    gist: `renameCollection: each X to X${names.kept}, then X${names.copy} to X, in ${names.live}`,
    title: absent ? "Put it in place" : "Swap",
    why: absent
      ? "gives the restored collections their names"
      : "renames within the database, which takes a moment for each collection and loses nothing",
    effect: "reversible",
    ...liveOnly(context),
    touchesLive: true,
    // With nothing in its place there is nothing to lose, and every minute of waiting is outage.
    ...(absent ? {} : { gate: swapGate(context) }),
    commands: [
      shell(client, names.live, swapScript(names, run.id, aside), { token: tokenFor(context, "swapped") }),
    ],
    outdates: [`${context.step.id}.load`],
    after: absent
      ? `${names.live} holds the restored collections`
      : `${names.live} holds the restored collections; those from before are kept as …${names.kept}`,
    checks: [placed],
    probe: shell(client, names.live, swapProbe(names)),
    undo: {
      says: absent
        ? `renames the restored collections to …${names.copy}`
        : `puts the old collections back: …${names.kept} get their names again`,
      commands: [shell(client, names.live, unswapScript(names), { token: tokenFor(context, "unswapped") })],
      until: absent ? `${names.live} is used` : `the collections …${names.kept} are removed`,
      onFailure: true,
    },
    cleanup: {
      says: absent
        ? `drops the collection ${names.marks}, in which this run kept how far it came`
        : `drops the collections …${names.kept}, the data from before this restore, and ${names.marks}; the swap can then not be undone`,
      commands: [shell(client, names.live, dropKeptScript(names))],
      expect: `${names.live}${names.kept}`,
      onFailure: false,
    },
    timeoutMs: 10 * MINUTE,
    silenceMs: 5 * MINUTE,
    expectedMs: 2000,
  });
}
