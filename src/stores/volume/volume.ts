import { shellWord } from "../../base/quote.ts";
import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Command } from "../../step/command.ts";
import { queryStep } from "../action-step.ts";
import { noSuchAction, only } from "../expansion.ts";
import type { Expansion, StoreContext, StoreKind } from "../store-kind.ts";
import { askFacts } from "./ask-facts.ts";
import { volumeBackups } from "./backups.ts";
import { RUN_LABEL, helper, provenThere, script, containersGone } from "./engine.ts";
import { describeFacts, factsSchema, identityOf, parseFacts } from "./facts.ts";
import { HINTS } from "./hints.ts";
import { lockCommand, lockHolder } from "./lock.ts";
import { judgeMembers } from "./members-judge.ts";
import { mustShow } from "./must-show.ts";
import { volumeNames } from "./names.ts";
import { judgeLook, judgePreflight, judgeUsers } from "./preflight-judge.ts";
import { engineIn, liveName, restoreContext, type VolumeContext } from "./restore-context.ts";
import { createStep, loadStep, removeStep } from "./restore-effects.ts";
import { artifactStep, preflightStep, verifyStep } from "./restore-proof.ts";
import { replaceStep } from "./restore-replace.ts";
import { swapStep } from "./restore-swap.ts";
import { standaloneVerify } from "./simple-steps.ts";
import { simulatedFacts } from "./simulated-facts.ts";

function keeps({ names, mode, facts }: VolumeContext): string[] {
  if (mode === "drill")
    return [`${names.live} is not touched; the drill restores into ${names.copy} and removes it`];
  if (facts && facts.volume === null)
    return [`there is no volume ${names.live} now, so ${names.kept} will be empty`];
  return [`the present data as the volume ${names.kept}, until you remove it`];
}

/** Beside → prove → swap → keep. */
function expandRestore(context: VolumeContext): Expansion {
  const steps = [
    preflightStep(context),
    artifactStep(context),
    createStep(context),
    loadStep(context),
    verifyStep(context),
    context.renames ? swapStep(context) : replaceStep(context),
  ];
  const last = context.mode === "drill" ? [removeStep(context)] : [];
  return { steps, last, keeps: keeps(context), notes: context.source.notes };
}

/** A line for sh, asked inside the volume; its first line of output is the answer. */
function questionIn(context: StoreContext, line: string): Command {
  const volume = context.connection.subject;
  const engine = engineIn(context, context.run.id);
  return script(engine, `${provenThere(volume)} && ${helper(engine, line, { volume })}`);
}

function expand(step: RunbookStep, context: StoreContext): Expansion {
  switch (step.kind) {
    case "restore":
      return expandRestore(restoreContext(step, context, liveName(context, step)));
    case "verify":
      return only(standaloneVerify(step, context));
    case "query":
      return only(queryStep(step, context, questionIn(context, step.sql), "exit"));
    default:
      throw noSuchAction("volume", step);
  }
}

/** The volume's name alone, or as docker run -v takes it: "shelf:/data". */
function redirected(value: string, from: string, to: string): string | undefined {
  return value === from || value.startsWith(`${from}:`) ? to + value.slice(from.length) : undefined;
}

/** Containers of a run, by its label: they go on when the docker command that started them is gone. */
const ofRun = (run: string, words: string): string =>
  `docker ps --filter label=${shellWord(`${RUN_LABEL}=${run}`)} ${words}`;

/** Docker volumes, spoken to with docker: every command can be typed. */
export const volume: StoreKind = {
  kind: "volume",
  clients: ["docker"],
  factsCommand: (input) => askFacts(engineIn(input, "look"), input.subject),
  parseFacts,
  identity: (facts) => identityOf(factsSchema.parse(facts)),
  changedByRestore: [],
  describe: (facts) => describeFacts(factsSchema.parse(facts)),
  simulatedFacts,
  simulatedFormat: { wrapper: "gzip", payload: "tar" },
  sessions: {
    look: (input, run) =>
      script(engineIn(input, run), ofRun(run, "--format 'container {{.Names}} ({{.Status}}): {{.Command}}'")),
    end: (input, run) =>
      script(engineIn(input, run), containersGone(`--filter label=${shellWord(`${RUN_LABEL}=${run}`)}`)),
  },
  lock: {
    command: (input, name, run, takeOver) => lockCommand(engineIn(input, "lock"), name, run, takeOver),
    holder: lockHolder,
  },
  target: liveName,
  writesTo: (context, step) => {
    const live = liveName(context, step);
    const names = volumeNames(live, context.run.tag, context.mode === "drill");
    return context.mode === "drill" ? names.copy : names.live;
  },
  expand,
  redirected,
  backups: volumeBackups,
  mustShow,
  hints: HINTS,
  judges: {
    "volume.preflight": judgePreflight,
    "volume.look": judgeLook,
    "volume.members": judgeMembers,
    "volume.users": judgeUsers,
  },
};
