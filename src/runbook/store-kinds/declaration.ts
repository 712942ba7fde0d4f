import { z } from "zod";
import { backupsSchema, idSchema, keepSchema, objectivesSchema } from "../common-schema.ts";
import type { ConnectionBase } from "./connection.ts";

/** What a store of every kind may say in system.yaml; a kind adds `kind: z.literal(…)` and its own keys. */
export const storeKeys = {
  title: z.string().optional(),
  host: idSchema.default("local").describe("the host its commands run on"),
  critical: z.boolean().default(true),
  "safety-copies": z
    .string()
    .optional()
    .describe("folder for safety copies, relative to the working directory; default: the run's folder"),
  objectives: objectivesSchema.optional(),
  backups: z.array(backupsSchema).default([]),
  keep: keepSchema.optional(),
};

/** Keys that say nothing about where the store is. */
export const NOT_WHERE: ReadonlySet<string> = new Set(Object.keys(storeKeys));

/** Where a store is, or what is wrong with what system.yaml says about it; `at` is the key to blame. */
export type ConnectResult<C extends ConnectionBase> =
  | {
      connection: C;
      /** Secret values by key of the store, e.g. { password: "…" }; never to be written anywhere. */
      secrets: Readonly<Record<string, string>>;
      /** Told as warnings, at `remarksAt` (default: the url). */
      remarks: readonly string[];
    }
  | { fault: string; at: string };

/** Where the secret stands in the text of a URL; a fault when it cannot be taken apart. */
export interface UrlSecret {
  at?: { start: number; end: number } | undefined;
  fault?: string | undefined;
}

/** Something wrong with a key of a store; shown at its value, or at the key itself. */
export interface StoreProblem {
  at: string;
  says: string;
  on?: "key";
}

interface Said<S extends z.ZodType> {
  schema: S;
  /** Step kinds that act on it. */
  actions: readonly string[];
  /** Keys of a restore step that only some kinds know (RESTORE_KEYS) and this one does. */
  restoreKeys: readonly string[];
  /** The key that names what is restored: "database", "bucket", "volume". */
  subjectKey: string;
  /** Keys whose whole value is a secret. They are optional in the schema, because a loaded system does not hold them. */
  secretKeys: readonly string[];
  /** Keys that hold a URL with perhaps a secret in it; they are optional too. */
  secretUrls: Readonly<Record<string, (text: string) => UrlSecret>>;
  /** Why its commands can only run on this machine; undefined where they can be carried to its host. */
  localBecause?: string;
  /** A URL for a world in which a runbook is only certified; nothing is ever reached with it. */
  simulatedUrl?: string;
  /** What is wrong between the keys, besides what `connect` finds; values that variables leave open are no fault. */
  problems?: (store: Readonly<Record<string, unknown>>) => StoreProblem[];
}

/** All that src/runbook has to know of one kind of store. Its commands are made in src/stores. */
export interface StoreDeclaration<
  S extends z.ZodType = z.ZodType,
  C extends ConnectionBase = ConnectionBase,
> extends Said<S> {
  /** Of a store that fits the schema. */
  connect(name: string, store: unknown): ConnectResult<C>;
}

/** A declaration whose `connect` is handed what the schema makes of a store. */
export function declareStore<S extends z.ZodType, C extends ConnectionBase>(
  said: Said<S> & { connect(name: string, store: z.output<S>): ConnectResult<C> },
): StoreDeclaration<S, C> {
  return { ...said, connect: (name, store) => said.connect(name, said.schema.parse(store)) };
}

/** The vault key of a store's secret. */
export const secretKey = (store: string, key: string): string => `${store}.${key}`;
