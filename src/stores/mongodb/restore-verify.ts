import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { shell } from "./client.ts";
import { contentsScript, type Which } from "./contents-script.ts";
import type { ExpectedArgs } from "./expected.ts";
import { queryScript } from "./query-script.ts";
import { chosenIn, type RestoreContext } from "./restore-context.ts";

/** Which collections are looked at, where, and what they are compared with. */
export interface Subject {
  database: string;
  which: Which;
  expected: ExpectedArgs;
}

/** The restored copy, before it is put in place. */
export function copyOf(context: RestoreContext): Subject {
  const { names, source, step, mode } = context;
  return {
    database: names.target,
    which: { suffix: names.copy, only: [], except: [names.marks] },
    expected: {
      artifactStep: `${step.id}.artifact`,
      database: source.database,
      only: step.only,
      views: mode === "drill",
    },
  };
}

/** Checks from the shape to the runbook's own questions. */
export function verifyChecks(context: RestoreContext, { database, which, expected }: Subject): Check[] {
  const { client, step } = context;
  const compared: Check = {
    title: "options, indexes, documents and content against the backup",
    source: shell(client, database, contentsScript(which)),
    judge: "mongodb.contents",
    args: { ...expected, named: step.tables },
    onError: "fail",
  };
  const queries = step.queries.map((query): Check => ({
    title: query.title,
    source: shell(client, database, queryScript(query.sql, which.suffix)),
    judge: "expectation",
    args: { name: query.title, expect: query.expect as Record<string, string | number | boolean> },
    onError: "fail",
  }));
  return [compared, ...queries];
}

export function verifyStep(context: RestoreContext): Step {
  const dry = context.mode === "dry-run";
  const { collections } = chosenIn(context);
  return part(context, "verify", ["load"], {
    gist: "options, indexes and every document of the copy against what the backup holds",
    title: "Verify against the backup",
    why: "proves the copy before anyone uses it: options, indexes, every document, the runbook's questions",
    effect: "reads",
    ...(dry
      ? {
          does: "print" as const,
          printedBecause: "cannot be known before running: the copy does not exist yet",
        }
      : {}),
    checks: verifyChecks(context, copyOf(context)),
    failsAs: "red",
    expectedMs: 2000 + collections.length * 100,
  });
}
