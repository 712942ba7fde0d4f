import { didYouMean } from "../base/suggest.ts";
import { cycles, effectiveNeeds, type NeedsNode } from "./needs.ts";
import type { Problem } from "./problem.ts";
import { isRecord, listOf, recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { BRING_UP_KINDS, STEP_LISTS, stepSchema } from "./runbook-schema.ts";
import type { DocPath } from "./source-document.ts";
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
  list: (typeof STEP_LISTS)[number];
  /** Its list and its place in it. */
  path: DocPath;
  id: string | undefined;
  fields: Record<string, unknown>;
}

/** What holds between the parts of a runbook, and between it and its system. Runs on files with other errors too. */
export function crossCheckRunbook(file: Resolved, known: Known | undefined): Problem[] {
  const steps = STEP_LISTS.flatMap((list) =>
    listOf(recordOf(file.value)[list]).flatMap((fields, index): RawStep[] =>
      isRecord(fields) ? [{ list, path: [list, index], id: textOf(fields["id"]), fields }] : [],
    ),
  );
  return [
    ...idProblems(file, steps),
    ...needsProblems(file, steps),
    ...bringUpProblems(file, steps),
    ...crossCheckSteps(file, steps, known),
  ];
}

function idProblems(file: Resolved, steps: readonly RawStep[]): Problem[] {
  const { document } = file;
  const first = new Map<string, DocPath>();
  return steps.flatMap(({ id, path }) => {
    if (id === undefined) return [];
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, path);
      return [];
    }
    const line = document.valueAt([...earlier, "id"]).line;
    return [
      document.problem(
        document.valueAt([...path, "id"]),
        `the step id "${id}" is taken by the step on line ${line}`,
      ),
    ];
  });
}

function needsProblems(file: Resolved, steps: readonly RawStep[]): Problem[] {
  const { document } = file;
  const found: Problem[] = [];
  for (const step of steps) {
    // What brings the servers up comes before everything else.
    const before = step.list === "steps" ? steps : steps.filter(({ list }) => list === step.list);
    const ids = before.flatMap(({ id }) => (id === undefined ? [] : [id]));
    for (const [i, need] of listOf(step.fields["needs"]).entries()) {
      if (typeof need !== "string" || ids.includes(need)) continue;
      const others = ids.filter((id) => id !== step.id);
      const place = document.valueAt([...step.path, "needs", i]);
      found.push(document.problem(place, `unknown step "${need}" in needs${didYouMean(need, others)}`));
    }
  }
  return [...found, ...cycleProblems(file, steps)];
}

function cycleProblems(file: Resolved, steps: readonly RawStep[]): Problem[] {
  const { document } = file;
  const nodes = steps.flatMap(({ id, fields, path }): NeedsNode[] => {
    const needs = fields["needs"];
    const named = Array.isArray(needs) ? needs.filter((need) => typeof need === "string") : undefined;
    // Without needs of its own the first of a list waits for nothing in particular.
    return id === undefined ? [] : [{ id, needs: named ?? (path[1] === 0 ? [] : undefined) }];
  });
  return cycles(effectiveNeeds(nodes)).map((circle) => {
    const unwritten = circle
      .slice(0, -1)
      .filter((id) => nodes.find((node) => node.id === id)?.needs === undefined);
    const hint =
      unwritten.length === 0 ? "" : ` (${unwritten.join(", ")} without "needs" waits for the step before it)`;
    // The blame is where somebody wrote something: the first step of the circle that has its own needs.
    const blamed = circle.find((id) => !unwritten.includes(id)) ?? circle[0];
    const path = steps.find((step) => step.id === blamed)?.path ?? ["steps", 0];
    const place = document.keyAt([...path, "needs"]);
    return document.problem(place, `these steps wait for each other: ${circle.join(" → ")}${hint}`);
  });
}

/** Before the servers are up nothing can be done to a store, and no question who it is can be asked. */
function bringUpProblems({ document }: Resolved, steps: readonly RawStep[]): Problem[] {
  return steps.flatMap(({ list, path, fields }) => {
    const kind = textOf(fields["kind"]);
    if (list !== "bring-up" || kind === undefined) return [];
    const isKnown = stepSchema.options.some(({ shape }) => shape.kind.safeParse(kind).success);
    if (isKnown && !BRING_UP_KINDS.includes(kind))
      return [
        document.problem(
          document.valueAt([...path, "kind"]),
          `"${kind}" cannot stand in bring-up: it runs before the servers can be asked, so it takes ${BRING_UP_KINDS.join(", ")}`,
        ),
      ];
    if (kind === "wait" || fields["store"] === undefined) return [];
    const says = "a step in bring-up names no store: its server is not up yet, and cannot be asked who it is";
    return [document.problem(document.keyAt([...path, "store"]), says)];
  });
}
