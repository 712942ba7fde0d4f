import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import type { Client } from "./client.ts";
import { dropScript } from "./drop.ts";
import { doBlock, ident, literal } from "./identifiers.ts";
import { maintenance, readMaintenance } from "./maintenance.ts";
import { copyMark } from "./names.ts";
import { quiesceLines, resumeLines } from "./sessions.ts";

const MINUTE = 60_000;

export function quiesceStep(step: RunbookStep, context: StoreContext, client: Client): Step {
  const name = client.connection.database;
  const token = `lifeboat-quiesced-${context.run.nonce}`;
  return actionStep(
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
      gist: `ALTER DATABASE ${ident(name)} ALLOW_CONNECTIONS false; pg_terminate_backend`,
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
    10 * MINUTE,
  );
}

export function resumeStep(step: RunbookStep, context: StoreContext, client: Client): Step {
  const name = client.connection.database;
  return actionStep(
    step,
    context,
    {
      title: "Open for connections",
      why: "lets applications back in",
      effect: "reversible",
      gist: `ALTER DATABASE ${ident(name)} ALLOW_CONNECTIONS true`,
      commands: [maintenance(client, resumeLines(name), `lifeboat-resumed-${context.run.nonce}`)],
      checks: [],
      probe: readMaintenance(
        client,
        `SELECT CASE datallowconn WHEN true THEN 'DONE' ELSE 'NOT DONE' END FROM pg_database WHERE datname = ${literal(name)};`,
      ),
    },
    10 * MINUTE,
  );
}

/** Removes a database this run restored under a name of its own; any other database of that name is left alone. */
export function cleanupStep(
  step: Extract<RunbookStep, { kind: "cleanup" }>,
  context: StoreContext,
  client: Client,
): Step {
  const name = step.into ?? client.connection.database;
  const mine = `SELECT format('the database %s was not made by this run', datname) FROM pg_database d WHERE datname = ${literal(name)}
  AND shobj_description(d.oid, 'pg_database') IS DISTINCT FROM ${literal(copyMark(context.run.id, "restored"))}`;
  const guard = doBlock(`DECLARE problem text; BEGIN SELECT (${mine}) INTO problem;
  IF problem IS NOT NULL THEN RAISE EXCEPTION '%', problem; END IF; END`);
  return actionStep(
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
    10 * MINUTE,
  );
}
