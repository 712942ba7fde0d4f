import type { RestoreStep } from "../../runbook/runbook-schema.ts";
import type { PartContext } from "../part.ts";
import type { Client } from "./client.ts";
import { type MongoFacts, ownCollections } from "./facts.ts";
import type { RestoreNames } from "./names.ts";
import type { RestoreSource } from "./source.ts";

/** All that the steps of one restore are made from. */
export interface RestoreContext extends PartContext {
  step: RestoreStep;
  client: Client;
  names: RestoreNames;
  source: RestoreSource;
  /** undefined when the server could not be asked while planning. */
  facts: MongoFacts | undefined;
  /** What becomes of collections that the backup does not know. */
  newer: "keep" | "aside";
  /** The data folder, when it is on this machine and df can be asked. */
  localData: string | undefined;
}

/** What a part of a backup becomes in this restore. */
export interface Chosen {
  /** Restored, with the names they have in the backup. */
  collections: string[];
  /** Definitions without documents of their own: left out where they cannot be renamed. */
  views: string[];
}

/** Which of the backup's collections are restored: all, or those the runbook names. */
export function chosenIn({ source, step }: Pick<RestoreContext, "source" | "step">): Chosen {
  const wanted = source.listed.filter(
    ({ name }) => !name.startsWith("system.") && (step.only.length === 0 || step.only.includes(name)),
  );
  return {
    collections: wanted.filter(({ type }) => type !== "view").map(({ name }) => name),
    views: wanted.filter(({ type }) => type === "view").map(({ name }) => name),
  };
}

/** None of the collections of the backup is there now, so nothing is replaced; false where that is not known. */
export function nothingThere(context: RestoreContext): boolean {
  const { collections } = chosenIn(context);
  if (context.facts === undefined || collections.length === 0) return false;
  const there = new Set(ownCollections(context.facts).map(({ name }) => name));
  return !collections.some((name) => there.has(name));
}

/** Collections that are there now and that the backup does not know. */
export function newerThan(context: RestoreContext): string[] {
  const known = new Set(context.source.listed.map(({ name }) => name));
  return context.facts === undefined
    ? []
    : ownCollections(context.facts)
        .map(({ name }) => name)
        .filter((name) => !known.has(name));
}

/** Newer collections are only moved aside when all of a database comes back, and when it is certain that it is all. */
export const movesAside = ({ newer, step, source }: RestoreContext): boolean =>
  newer === "aside" && step.only.length === 0 && source.manifest?.collection === null;
