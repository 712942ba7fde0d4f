import { placeOf } from "../runbook/load.ts";
import { declarationOf } from "../runbook/store-kinds/registry.ts";
import type { Command } from "../step/command.ts";
import { farPlaceOf } from "../stores/host/far-place.ts";
import { kindFor } from "../stores/registry.ts";
import type { PlanInput } from "./plan-input.ts";

/**
 * The command by which another store of the system is asked a read-only question, the one its own `query` steps use.
 * undefined for a store that is not there, not known well enough, or takes no questions. The store itself is not asked while planning.
 */
export function askOther(input: PlanInput, id: string, question: string): Command | undefined {
  const store = input.system.system.stores[id];
  // It may be open: variables are only asked for where a runbook uses the store itself.
  const connection = input.system.connections.get(id);
  if (!store || !connection || declarationOf(store.kind)?.actions.includes("query") !== true)
    return undefined;
  const { mode, run, jobs, skipSafetyCopy } = input;
  const known = input.stores.get(id) ?? {
    system: input.system.name,
    environment: input.system.system.environment,
    id,
    store,
    connection,
    backup: undefined,
    subject: connection.subject,
    facts: undefined,
    unreachable: undefined,
    clients: {},
    localData: undefined,
    place: farPlaceOf(placeOf(input.system, store.host)),
  };
  const { steps } = kindFor(known).expand(
    { id: "asked", kind: "query", store: id, sql: question, "on-failure": "ask" },
    { ...known, mode, run, jobs, skipSafetyCopy, strategy: "swap" },
  );
  const source = steps[0]?.checks[0]?.source;
  return source && !("inspect" in source) ? source : undefined;
}
