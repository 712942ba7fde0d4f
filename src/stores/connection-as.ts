import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Connection, StoreKindName } from "../runbook/store-kinds/registry.ts";

/** A store's connection as its kind knows it. Throws exit 1 when it is of another kind. */
export function connectionAs<K extends StoreKindName>(
  input: { id: string; connection: Connection },
  kind: K,
): Extract<Connection, { kind: K }> {
  const { connection } = input;
  const isOfKind = (one: Connection): one is Extract<Connection, { kind: K }> => one.kind === kind;
  if (isOfKind(connection)) return connection;
  throw new LifeboatError(EXIT.bug, {
    what: `store ${input.id} is no ${kind} store`,
    where: connection.kind,
  });
}
