import type { Store } from "./system-schema.ts";

/** Step kinds that act on a store, and which kinds of store know them. A new kind of store adds its line. */
export const STORE_ACTIONS: Record<Store["kind"], readonly string[]> = {
  postgres: ["restore", "safety-copy", "verify", "quiesce", "resume-connections", "cleanup", "query"],
};

export const actionsOf = (kind: string): readonly string[] | undefined =>
  Object.entries(STORE_ACTIONS).find(([known]) => known === kind)?.[1];

export const isStoreAction = (kind: string): boolean => Object.values(STORE_ACTIONS).flat().includes(kind);
