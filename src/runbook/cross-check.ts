import { didYouMean } from "../base/suggest.ts";
import { cycles, effectiveNeeds, type NeedsNode } from "./needs.ts";
import type { Problem } from "./problem.ts";
import { isRecord, listOf, recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { crossCheckSteps } from "./cross-check-steps.ts";

/** A store as far as its system file could be read. */
export interface KnownStore {
  kind: string;
  /** Its database, bucket, volume; undefined when it is not known yet. */
  subject: string | undefined;
  /** Names that belong to the server itself. */
  reserved: readonly string[];
}

/** What a runbook's steps may refer to. undefined where the system file could not be read. */
export interface Known {
  stores: ReadonlyMap<string, KnownStore>;
  /** Hosts as the system file has them, `local` not among them unless it says something about it. */
  hosts: Readonly<Record<string, unknown>>;
}

/** One step of a file that may still be invalid. */
export interface RawStep {
  index: number;
  id: string | undefined;
  fields: Record<string, unknown>;
}

/** What holds between the parts of a runbook, and between it and its system. Runs on files with other errors too. */
export function crossCheckRunbook(file: Resolved, known: Known | undefined): Problem[] {
  const steps = listOf(recordOf(file.value)["steps"]).flatMap((fields, index): RawStep[] =>
    isRecord(fields) ? [{ index, id: textOf(fields["id"]), fields }] : [],
  );
  return [...idProblems(file, steps), ...needsProblems(file, steps), ...crossCheckSteps(file, steps, known)];
}

function idProblems(file: Resolved, steps: readonly RawStep[]): Problem[] {
  const { document } = file;
  const first = new Map<string, number>();
  return steps.flatMap(({ id, index }) => {
    if (id === undefined) return [];
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, index);
      return [];
    }
    const line = document.valueAt(["steps", earlier, "id"]).line;
    return [
      document.problem(
        document.valueAt(["steps", index, "id"]),
        `the step id "${id}" is taken by the step on line ${line}`,
      ),
    ];
  });
}

function needsProblems(file: Resolved, steps: readonly RawStep[]): Problem[] {
  const { document } = file;
  const ids = steps.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const found: Problem[] = [];
  for (const step of steps) {
    for (const [i, need] of listOf(step.fields["needs"]).entries()) {
      if (typeof need !== "string" || ids.includes(need)) continue;
      const others = ids.filter((id) => id !== step.id);
      const place = document.valueAt(["steps", step.index, "needs", i]);
      found.push(document.problem(place, `unknown step "${need}" in needs${didYouMean(need, others)}`));
    }
  }
  return [...found, ...cycleProblems(file, steps)];
}

function cycleProblems(file: Resolved, steps: readonly RawStep[]): Problem[] {
  const { document } = file;
  const nodes = steps.flatMap(({ id, fields }): NeedsNode[] => {
    const needs = fields["needs"];
    const named = Array.isArray(needs) ? needs.filter((need) => typeof need === "string") : undefined;
    return id === undefined ? [] : [{ id, needs: named }];
  });
  return cycles(effectiveNeeds(nodes)).map((circle) => {
    const unwritten = circle
      .slice(0, -1)
      .filter((id) => nodes.find((node) => node.id === id)?.needs === undefined);
    const hint =
      unwritten.length === 0 ? "" : ` (${unwritten.join(", ")} without "needs" waits for the step before it)`;
    // The blame is where somebody wrote something: the first step of the circle that has its own needs.
    const blamed = circle.find((id) => !unwritten.includes(id)) ?? circle[0];
    const index = steps.find((step) => step.id === blamed)?.index ?? 0;
    const place = document.keyAt(["steps", index, "needs"]);
    return document.problem(place, `these steps wait for each other: ${circle.join(" → ")}${hint}`);
  });
}
