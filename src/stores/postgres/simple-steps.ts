import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import { parseDuration } from "../../base/duration.ts";
import type { Step } from "../../step/step.ts";
import type { StoreContext } from "../store-kind.ts";
import { type Client, sql } from "./client.ts";
import { dropScript } from "./drop.ts";
import { doBlock, literal } from "./identifiers.ts";
import { maintenance, readMaintenance } from "./maintenance.ts";
import { copyMark } from "./names.ts";
import { quiesceLines, resumeLines } from "./sessions.ts";

const MINUTE = 60_000;

type Rest = Pick<Step, "title" | "why" | "effect" | "commands" | "checks"> & Partial<Step>;

/** A step that is one action of the store, with what all share filled in. */
function simple(step: RunbookStep, context: StoreContext, rest: Rest, inDrill: "run" | "print"): Step {
  const dry = context.mode === "dry-run" && rest.effect !== "reads";
  const liveOnly = context.mode === "drill" && inDrill === "print";
  return {
    id: step.id,
    kind: step.kind,
    store: context.id,
    host: context.store.host,
    needs: [],
    does: dry || liveOnly ? "print" : "run",
    ...(dry ? { printedBecause: "printed only" } : liveOnly ? { printedBecause: "live only" } : {}),
    timeoutMs: parseDuration(step.timeout ?? "") ?? 10 * MINUTE,
    silenceMs: parseDuration(step.silence ?? "") ?? 10 * MINUTE,
    onFailure: step["on-failure"],
    failsAs: "failed",
    ...(step.optional === undefined ? {} : { optional: step.optional }),
    ...rest,
    title: step.title ?? rest.title,
    why: step.why ?? rest.why,
  };
}

export function queryStep(
  step: Extract<RunbookStep, { kind: "query" }>,
  context: StoreContext,
  client: Client,
): Step {
  const name = step.title ?? step.sql;
  return simple(
    step,
    context,
    {
      title: "Query",
      why: step.expect ? "the answer decides whether to go on" : "the answer is recorded; nothing is judged",
      effect: "reads",
      commands: [],
      checks: [
        {
          title: name,
          source: sql(client, client.connection.database, step.sql, { readOnly: true }),
          judge: step.expect ? "expectation" : "postgres.answer",
          args: step.expect
            ? { name, expect: step.expect as Record<string, string | number | boolean> }
            : { name },
          // Without an expectation "cannot be reached" is an answer as well.
          onError: step.expect ? "fail" : "not checked",
        },
      ],
      timeoutMs: parseDuration(step.timeout ?? "") ?? MINUTE,
    },
    "run",
  );
}

export function quiesceStep(step: RunbookStep, context: StoreContext, client: Client): Step {
  const name = client.connection.database;
  const token = `lifeboat-quiesced-${context.run.nonce}`;
  return simple(
    step,
    context,
    {
      title: "Quiesce",
      why: "closes the database to new connections, ends the present ones, proves there are none",
      effect: "reversible",
      touchesLive: true,
      gate: {
        kind: "confirm",
        expect: name,
        prompt: "Type the name of the database to go on",
        says: [`This cuts every session of ${name} and keeps new ones out.`],
        flag: `--confirm ${name}`,
      },
      commands: [maintenance(client, quiesceLines(name), token)],
      checks: [],
      probe: readMaintenance(
        client,
        `SELECT CASE datallowconn WHEN true THEN 'NOT DONE' ELSE 'DONE' END FROM pg_database WHERE datname = ${literal(name)};`,
      ),
      undo: {
        says: `opens ${name} again`,
        commands: [maintenance(client, resumeLines(name))],
        onFailure: true,
      },
      after: `${name} is closed to connections`,
    },
    "print",
  );
}

export function resumeStep(step: RunbookStep, context: StoreContext, client: Client): Step {
  const name = client.connection.database;
  return simple(
    step,
    context,
    {
      title: "Open for connections",
      why: "lets applications back in",
      effect: "reversible",
      commands: [maintenance(client, resumeLines(name), `lifeboat-resumed-${context.run.nonce}`)],
      checks: [],
      probe: readMaintenance(
        client,
        `SELECT CASE datallowconn WHEN true THEN 'DONE' ELSE 'NOT DONE' END FROM pg_database WHERE datname = ${literal(name)};`,
      ),
    },
    "print",
  );
}

/** Removes a database this run restored under a name of its own; any other database of that name is left alone. */
export function cleanupStep(
  step: Extract<RunbookStep, { kind: "cleanup" }>,
  context: StoreContext,
  client: Client,
): Step {
  const name = step.database ?? client.connection.database;
  const mine = `SELECT format('the database %s was not made by this run', datname) FROM pg_database d WHERE datname = ${literal(name)}
  AND shobj_description(d.oid, 'pg_database') IS DISTINCT FROM ${literal(copyMark(context.run.id, "restored"))}`;
  const guard = doBlock(`DECLARE problem text; BEGIN SELECT (${mine}) INTO problem;
  IF problem IS NOT NULL THEN RAISE EXCEPTION '%', problem; END IF; END`);
  return simple(
    step,
    context,
    {
      title: `Remove ${name}`,
      why: "only if this run made it",
      effect: "reversible",
      commands: [
        maintenance(client, `${guard}\n${dropScript(name)}`, `lifeboat-removed-${context.run.nonce}`),
      ],
      checks: [
        {
          title: "it is gone",
          source: readMaintenance(
            client,
            `SELECT count(*) FROM pg_database WHERE datname = ${literal(name)};`,
          ),
          judge: "expectation",
          args: { name: `${name} is gone`, expect: { equals: 0 } },
          onError: "fail",
        },
      ],
      probe: readMaintenance(
        client,
        `SELECT CASE WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(name)}) THEN 'NOT DONE' ELSE 'DONE' END;`,
      ),
      after: `${name} is removed`,
    },
    "print",
  );
}
