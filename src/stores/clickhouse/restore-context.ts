import type { RestoreStep } from "../../runbook/runbook-schema.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { PartContext } from "../part.ts";
import type { StoreContext } from "../store-kind.ts";
import { type ChFacts, isAtLeast, type TableFacts } from "./facts.ts";
import { restoreNames, type RestoreNames } from "./names.ts";
import type { RestoreSource } from "./source.ts";

/** All that the steps of one restore are made from. */
export interface RestoreContext extends PartContext {
  step: RestoreStep;
  connection: ClickhouseConnection;
  names: RestoreNames;
  source: RestoreSource;
  /** undefined when the server could not be asked while planning. */
  facts: ChFacts | undefined;
  localData: string | undefined;
  /** Pipelines that may work at once. */
  jobs: number;
}

export function restoreContext(
  step: RestoreStep,
  context: StoreContext,
  known: Pick<RestoreContext, "connection" | "facts" | "source">,
): RestoreContext {
  const { mode, run, id, store, localData, jobs } = context;
  const live = step.into ?? known.connection.subject;
  const names = restoreNames(live, { tag: run.tag, step: step.id, drill: mode === "drill" });
  return { step, store: id, host: store.host, mode, run, names, localData, jobs, ...known };
}

/** A table of the live database as it was while planning. */
export const liveTable = ({ facts }: RestoreContext, table: string): TableFacts | undefined =>
  facts?.database?.tables.find(({ name }) => name === table);

/** Tables with nothing in their place: there is nothing to keep. Where nobody could be asked, all are taken to be there. */
export const absentTables = (context: RestoreContext): string[] =>
  context.facts === undefined
    ? []
    : context.source.tables.map(({ table }) => table).filter((table) => !liveTable(context, table));

/** EXCHANGE TABLES needs the engine Atomic, and the uuids that tell afterwards which table is which. */
export const canExchange = ({ facts }: RestoreContext): boolean =>
  facts !== undefined && isAtLeast(facts.version, 21, 1) && facts.database?.engine === "Atomic";
