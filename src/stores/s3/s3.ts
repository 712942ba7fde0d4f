import type { RestoreStep, RunbookStep } from "../../runbook/runbook-schema.ts";
import type { S3Connection, S3Store } from "../../runbook/store-kinds/s3.ts";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { connectionAs } from "../connection-as.ts";
import type { Expansion, StoreContext, StoreInput, StoreKind } from "../store-kind.ts";
import { s3Backups } from "./backups.ts";
import { askFacts, describeFacts, factsIn, identityOf, parseFacts, simulatedFacts } from "./facts.ts";
import { HINTS } from "./hints.ts";
import { judgeChanges, judgeCompare, judgeDigest, judgeReferences, judgeSums } from "./judges.ts";
import { referenceChecks } from "./references.ts";
import { mustShow } from "./must-show.ts";
import { placeBeside } from "./names.ts";
import { judgeDisk, judgePreflight, judgeTool } from "./preflight-judges.ts";
import { artifactStep, preflightStep } from "./restore-before.ts";
import { listsOf, type S3Restore } from "./restore-context.ts";
import { keepStep } from "./restore-keep.ts";
import { createStep, loadStep } from "./restore-load.ts";
import { removeStep, swapStep, tidyStep } from "./restore-swap.ts";
import { standaloneVerify, verifyStep } from "./restore-verify.ts";
import { safetyCopyStep } from "./safety-copy.ts";
import type { Tooling } from "./script.ts";
import { type S3Source, sourceOf } from "./source.ts";
import { urlOf } from "./tool.ts";
import { builtIn } from "./tool-built-in.ts";
import { chooseTool, PROGRAMS, type ToolChoice } from "./tools.ts";

const connectionOf = (input: StoreInput): S3Connection => connectionAs(input, "s3");

function settingsOf(input: StoreInput): S3Store {
  if (input.store.kind === "s3") return input.store;
  throw new LifeboatError(EXIT.bug, { what: `store ${input.id} is no s3 store`, where: input.store.kind });
}

const liveName = (input: StoreInput, step: RunbookStep | undefined): string =>
  step?.kind === "restore" && step.into !== undefined ? step.into : connectionOf(input).bucket;

/** The program for what has to be done with the live bucket alone, or with that of a backup too. */
function choiceFor(input: StoreInput, source?: S3Source): ToolChoice {
  const connection = connectionOf(input);
  return chooseTool({
    setting: settingsOf(input).tool,
    clients: input.clients,
    oddKeys: source?.manifest?.odd ?? 0,
    twoServers: source?.from !== undefined && source.from.remote.name !== connection.remote.name,
    hasKeys: connection.remote.accessKey !== undefined,
  });
}

function toolingOf({ tool }: ToolChoice, connection: S3Connection, source?: S3Source): Tooling {
  const other = source?.from?.remote;
  const isOther = other !== undefined && other.name !== connection.remote.name;
  return { tool, remotes: isOther ? [connection.remote, other] : [connection.remote] };
}

const ownTooling = (connection: S3Connection): Tooling => ({ tool: builtIn, remotes: [connection.remote] });

function restoreOf(step: RunbookStep & { store: string }, context: StoreContext): S3Restore {
  const connection = connectionOf(context);
  const source = sourceOf(context, connection);
  const choice = choiceFor(context, source);
  const bucket = liveName(context, step);
  const { tag } = context.run;
  return {
    step,
    store: context.id,
    host: context.store.host,
    mode: context.mode,
    run: context.run,
    settings: settingsOf(context),
    connection,
    choice,
    tooling: { ...toolingOf(choice, connection, source), lists: listsOf(context.run, step) },
    source,
    facts: factsIn(context.facts),
    live: { remote: connection.remote, bucket, prefix: connection.prefix },
    copy: placeBeside(connection, bucket, context.mode === "drill" ? "drill" : "restore", tag),
    kept: placeBeside(connection, bucket, "before", tag),
  };
}

function expandRestore(step: RestoreStep, context: StoreContext): Expansion {
  const restore = restoreOf(step, context);
  const { live, copy, kept, mode, source, choice } = restore;
  const steps = [
    preflightStep(restore),
    artifactStep(restore),
    createStep(restore),
    loadStep(restore),
    verifyStep(restore, referenceChecks(restore, restore.copy, context.ask)),
    keepStep(restore),
    swapStep(restore),
    ...(mode === "drill" ? [] : [tidyStep(restore)]),
  ];
  const keeps =
    mode === "drill"
      ? `${urlOf(live)} is not touched; the drill restores into ${urlOf(copy)} and removes it`
      : `every object that is overwritten or deleted in ${urlOf(kept)}, until you remove it`;
  return {
    steps,
    last: mode === "drill" ? [removeStep(restore)] : [],
    keeps: [keeps],
    notes: [`${choice.tool.name} does the work on ${live.bucket}: ${choice.why}`, ...source.notes],
  };
}

function expand(action: RunbookStep, context: StoreContext): Expansion {
  switch (action.kind) {
    case "restore":
      return expandRestore(action, context);
    case "verify": {
      const restore = restoreOf(action, context);
      const references = referenceChecks(restore, restore.live, context.ask);
      return { steps: [standaloneVerify(restore, action.title, references)], last: [], keeps: [] };
    }
    case "safety-copy": {
      const connection = connectionOf(context);
      const { remote, bucket, prefix } = connection;
      const step = {
        ...context,
        step: { id: action.id, "on-failure": action["on-failure"] },
        store: context.id,
        host: context.store.host,
        connection,
        tooling: toolingOf(choiceFor(context), connection),
        live: { remote, bucket, prefix },
        safety: placeBeside(connection, bucket, "safety", context.run.tag),
      };
      const made = safetyCopyStep(action, step);
      return { steps: [made], last: [], keeps: [`all objects as they are now in ${urlOf(step.safety)}`] };
    }
    default:
      throw new LifeboatError(EXIT.bug, {
        what: `a bucket has no action ${action.kind}`,
        where: `step ${action.id}`,
      });
  }
}

/** The name of the bucket alone, or an s3:// URL of it. */
function redirected(value: string, from: string, to: string): string | undefined {
  if (value === from) return to;
  const inside = `s3://${from}`;
  return value === inside || value.startsWith(`${inside}/`)
    ? `s3://${to}${value.slice(inside.length)}`
    : undefined;
}

/** Buckets of S3 servers, spoken to with rclone, aws, mc or the built-in client: every command can be typed. */
export const s3: StoreKind = {
  kind: "s3",
  clients: PROGRAMS,
  factsCommand: (input) => {
    const connection = connectionOf(input);
    const choice = choiceFor(input);
    // A program that is missing is told by the preflight, where everything is told at once.
    const tooling = choice.missing === undefined ? toolingOf(choice, connection) : ownTooling(connection);
    return askFacts(tooling, connection, input.subject);
  },
  parseFacts,
  identity: (facts) => identityOf(parseKnown(facts)),
  changedByRestore: ["created"],
  describe: (facts) => describeFacts(parseKnown(facts)),
  simulatedFacts,
  simulatedFormat: { wrapper: "gzip", payload: "tar" },
  target: liveName,
  writesTo: (context, step) => {
    const bucket = liveName(context, step);
    if (context.mode !== "drill") return bucket;
    const { bucket: name, prefix } = placeBeside(connectionOf(context), bucket, "drill", context.run.tag);
    return prefix === "" ? name : `${name}/${prefix}`;
  },
  expand,
  redirected,
  backups: s3Backups({ connectionOf, settingsOf, choiceFor }),
  judges: {
    "s3.preflight": judgePreflight,
    "s3.tool": judgeTool,
    "s3.disk": judgeDisk,
    "s3.changes": judgeChanges,
    "s3.compare": judgeCompare,
    "s3.digest": judgeDigest,
    "s3.sums": judgeSums,
    "s3.references": judgeReferences,
  },
  mustShow,
  hints: HINTS,
};

function parseKnown(facts: unknown) {
  const known = factsIn(facts);
  if (known) return known;
  throw new LifeboatError(EXIT.bug, { what: "a bucket's facts are missing" });
}
