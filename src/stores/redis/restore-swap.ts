import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { counted } from "../../base/size.ts";
import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { liveScript, localScript } from "./client.ts";
import { COPY_CLI, COPY_LIST, inCopy, removeCopy } from "./copy-server.ts";
import { listFunction } from "./listing-script.ts";
import type { LiveFiles } from "./live-files.ts";
import { openCheck, openCommands, openProbe } from "./open-scripts.ts";
import type { RestoreContext } from "./restore-context.ts";
import { extentOf } from "./restore-proof.ts";
import { openPart, swapPart } from "./swap-part.ts";
import {
  cleanupCommand,
  placeCommand,
  startCommand,
  startedCommand,
  stopCommand,
  swapProbe,
} from "./swap-scripts.ts";
import { undoCommands } from "./undo-scripts.ts";
import type { SwapPlace } from "./swap-words.ts";

const MINUTE = 60_000;

const UNKNOWN: LiveFiles = {
  dir: "<the server's folder>",
  file: "dump.rdb",
  append: "appendonlydir",
  appendOn: false,
  configFile: "",
  logFile: "",
  minReplicas: "0",
  maxLag: "10",
};

/** Preflight has refused a live run that does not know the files; a drill and a dry run only print these steps. */
export function placeOf({ connection, files, copy, kept, facts }: RestoreContext): SwapPlace {
  return { connection, files: files ?? UNKNOWN, copy, kept, wasRunning: facts?.running !== false };
}

/** The live server against the copy that was proven, while no one can write. */
export function sameCheck(context: RestoreContext): Check {
  const { connection, copy } = context;
  return {
    title: "the live server holds what the copy holds",
    source: liveScript(
      connection,
      `${inCopy(copy)}
copy() { (unset REDISCLI_AUTH; exec ${COPY_CLI} "$@"); }
${listFunction(extentOf(context))}
if [ "$(live EVAL 'return 1' 0 2>&1)" != 1 ]; then
  list() { keyspace "$@"; echo "now\t$(date +%s)"; }
  rm -f ${COPY_LIST}
fi
[ -s ${COPY_LIST} ] || list copy > ${COPY_LIST}
echo @copy
cat ${COPY_LIST}
echo @live
list live`,
    ),
    judge: "redis.same",
    args: {},
    onError: "fail",
  };
}

export const keptCheck = ({ kept }: RestoreContext): Check => ({
  title: "the old data is kept",
  source: localScript(`ls -A ${shellWord(kept)}`),
  judge: "redis.kept",
  args: { what: kept },
  onError: "fail",
});

export function swapStep(context: RestoreContext): Step {
  const { kept, target, mode, connection, skipSafetyCopy } = context;
  const place = placeOf(context);
  if (mode === "live" && connection.start === undefined)
    throw new LifeboatError(EXIT.preflight, {
      what: `it is not known how the server of ${target} is started again`,
      where: `store ${context.store}`,
      next: "give start in system.yaml, e.g. start: [redis-server, /etc/redis/redis.conf]",
    });
  const back = place.wasRunning
    ? " and starts the server on them"
    : ", and leaves the server stopped as it was found";
  return swapPart(context, {
    gist: `SHUTDOWN NOSAVE; old files to ${kept}; the proven file in their place; start with appendonly no`,
    title: "Swap",
    why: "the server is stopped, its files are set aside, the proven file takes their place, it is started and compared",
    gate: swapGate(context),
    commands: [
      stopCommand(place, skipSafetyCopy, tokenFor(context, "stopped")),
      placeCommand(place, tokenFor(context, "placed")),
      startCommand(place),
      startedCommand(place, tokenFor(context, "started")),
    ],
    checks: [sameCheck(context), keptCheck(context)],
    probe: swapProbe(place),
    where: "",
    undo: { says: `puts the old files back${back}`, commands: undoCommands(place) },
    cleanUp: cleanupCommand(place),
  });
}

export function swapGate({
  facts,
  target,
  files,
  kept,
  run,
  skipSafetyCopy,
}: RestoreContext): NonNullable<Step["gate"]> {
  const clients =
    facts?.running === true ? `It cuts ${counted(facts.clients, "client")} off` : "It is stopped already";
  const save =
    facts?.running !== true || files?.appendOn === true
      ? []
      : skipSafetyCopy
        ? [`Only in memory, and LOST, as the safety copy is skipped: ${counted(facts.unsaved, "change")}.`]
        : [`Only in memory, and saved first: ${counted(facts.unsaved, "change")}.`];
  return {
    kind: "confirm",
    expect: target,
    prompt: "Type the name of the store to go on",
    says: [
      `This stops the server of ${target} and starts it on the backup. ${clients}.`,
      ...save,
      `The present files are kept in ${kept}. Undo: lifeboat undo ${run.id}`,
    ],
    flag: `--confirm ${target}`,
  };
}

/** The append-only file on again, then writes: in this order, so that nothing is taken that a restart would lose. */
export function openStep(context: RestoreContext): Step {
  const place = placeOf(context);
  const { appendOn } = place.files;
  const append = appendOn
    ? "the append-only file is written anew and on again, then it takes writes"
    : "the append-only file is written if the configuration file has it on, then it takes writes";
  return openPart(context, {
    gist: appendOn
      ? "CONFIG SET appendonly yes, wait for the rewrite; min-replicas-to-write as before"
      : "min-replicas-to-write as before",
    title: appendOn ? "Append-only file on, writes on" : "Writes on",
    why: `with the proof behind it ${append}`,
    commands: openCommands(place, tokenFor(context, "durable"), tokenFor(context, "open")),
    probe: openProbe(place),
    where: "",
    asks: openCheck(place),
  });
}

/** Of a drill at its very end, live as soon as nothing is compared with it any more. */
export function removeStep(context: RestoreContext, after: string): Step {
  const { copy, mode, step } = context;
  return part(context, "remove", [after], {
    gist: `ends the copy's server, removes ${copy}`,
    title: mode === "drill" ? "Remove the drill's copy" : "Remove the copy's server",
    why:
      mode === "drill"
        ? "a drill leaves nothing behind"
        : "the live server holds what it held; its memory is free again",
    effect: "reversible",
    outdates: [`${step.id}.load`],
    commands: [removeCopy(copy, tokenFor(context, "removed"))],
    checks: [
      {
        title: "the copy is gone",
        source: localScript(`if [ -e ${shellWord(copy)} ]; then echo 1; else echo 0; fi`),
        judge: "expectation",
        args: { name: `${copy} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: localScript(`if [ -e ${shellWord(copy)} ]; then echo 'NOT DONE'; else echo DONE; fi`),
    repeatable: true,
    timeoutMs: 5 * MINUTE,
  });
}
