import { join } from "node:path";
import { shellWord } from "../../base/quote.ts";
import type { RestoreStep, RunbookStep } from "../../runbook/runbook-schema.ts";
import type { InfluxdbConnection } from "../../runbook/store-kinds/influxdb-connection.ts";
import type { Mode } from "../../step/mode.ts";
import type { Command } from "../../step/command.ts";
import { connectionAs } from "../connection-as.ts";
import type { StoreContext, StoreInput } from "../store-kind.ts";
import { exists, factsSchema, type InfluxFacts } from "./facts.ts";
import { type RestoreNames, restoreNames } from "./names.ts";
import { NO_SOURCE, type RestoreSource, sourceOf } from "./source.ts";

/** All that the steps of one restore are made from. */
export interface RestoreContext {
  step: RestoreStep;
  store: string;
  host: string;
  mode: Mode;
  run: { id: string; dir: string; nonce: string };
  connection: InfluxdbConnection;
  names: RestoreNames;
  source: RestoreSource;
  /** undefined when the server could not be asked while planning. */
  facts: InfluxFacts | undefined;
  /** The data folder, when it is on this machine and df can be asked. */
  localData: string | undefined;
  folders: Folders;
  skipSafetyCopy: boolean;
}

/** Where a restore keeps what lies in files. */
export interface Folders {
  /** What a tar archive is unpacked into. */
  unpacked: string;
  /** The sums of the backup's shards, a file: a line for each. */
  shards: string;
  /** What is read back to be compared; removed at once. */
  scratch: string;
  /** The safety copy: a portable backup of the live database. */
  safety: string;
  /** How far the cut-over came: "dropping" or "done". Written before the live database is dropped. */
  mark: string;
}

export const connectionOf = (input: StoreInput): InfluxdbConnection => connectionAs(input, "influxdb");

export const factsIn = (facts: unknown): InfluxFacts | undefined =>
  facts === undefined ? undefined : factsSchema.parse(facts);

export function liveName(input: StoreInput, step: RunbookStep | undefined): string {
  return step?.kind === "restore" && step.into !== undefined ? step.into : input.connection.subject;
}

export function restoreContext(step: RestoreStep, context: StoreContext, needsBackup = true): RestoreContext {
  const { run } = context;
  const safetyFolder = context.store["safety-copies"] ?? join(run.dir, "safety");
  const own = `${run.id}-${step.id}`;
  return {
    step,
    store: context.id,
    host: context.store.host,
    mode: context.mode,
    run,
    connection: connectionOf(context),
    names: restoreNames(liveName(context, step), run.tag, context.mode === "drill"),
    source: needsBackup ? sourceOf(context) : NO_SOURCE,
    facts: factsIn(context.facts),
    localData: context.localData,
    folders: {
      unpacked: join(run.dir, `unpacked-${step.id}`),
      shards: join(run.dir, `shards-${step.id}`),
      scratch: join(run.dir, `scratch-${step.id}`),
      safety: join(safetyFolder, `before-${own}`),
      mark: join(safetyFolder, `cut-over-${own}`),
    },
    skipSafetyCopy: context.skipSafetyCopy,
  };
}

/** Nothing to keep: there is no such database, or no shard in it. */
export function isAbsent({ facts, names }: RestoreContext): boolean {
  return (
    facts !== undefined && (!exists(facts) || !facts.shards.some(({ database }) => database === names.live))
  );
}

export const local = (argv: string[]): Command => ({ argv, env: {}, secrets: {} });

/** For scripts: sets `from` to the folder that holds the backup's files; often they lie one folder deeper than the path. */
export function fromLine({ source, folders }: RestoreContext): string {
  const root = shellWord(source.isPacked ? folders.unpacked : source.path);
  return `from=$(dirname "$(find ${root}/ \\( -name '*.manifest' -o -name 'meta.[0-9][0-9]' \\) -print | head -n 1)")`;
}
