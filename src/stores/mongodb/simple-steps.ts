import { dirname, join } from "node:path";
import { shellWord } from "../../base/quote.ts";
import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import { dumpArguments } from "./backups.ts";
import { type Client, clientSecrets, shell, toolLine } from "./client.ts";
import { factsIn } from "./facts.ts";
import { askFacts } from "./facts-script.ts";
import { isOurs } from "./names.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const local = (argv: string[]) => ({ argv, env: {}, secrets: {} });
const json = (value: unknown): string => JSON.stringify(value);

export function safetyPath(step: RunbookStep, { store, run }: StoreContext): string {
  const folder = store["safety-copies"] ?? join(run.dir, "safety");
  return join(folder, `before-${run.id}-${step.id}.archive.gz`);
}

/** A verified dump of the live database on its own; a drill leaves the live database alone. */
export function safetyStep(step: RunbookStep, context: StoreContext, client: Client): Step {
  const path = safetyPath(step, context);
  const leftOut = (factsIn(context.facts)?.collections ?? []).map(({ name }) => name).filter(isOurs);
  const whole: Client = { ...client, connection: { ...client.connection, collection: undefined } };
  const dump = toolLine(whole, "mongodump", dumpArguments(whole, { path, format: "archive.gz", leftOut }));
  return actionStep(
    step,
    context,
    {
      title: "Safety copy",
      why: "a verified dump of the present data, before anything is changed",
      effect: "reversible",
      commands: [
        local(["mkdir", "-p", "-m", "700", dirname(path)]),
        local(["rm", "-f", path]),
        { argv: ["sh", "-c", `umask 077; ${dump}`], env: {}, secrets: clientSecrets(client) },
      ],
      checks: [
        {
          title: "the safety copy can be read to its end",
          source: { inspect: "artifact", path, byHand: [`sha256sum ${shellWord(path)}`] },
          judge: "artifact",
          args: { kind: "mongodb" },
          onError: "fail",
        },
        {
          title: "the safety copy holds every collection",
          source: askFacts(client, client.connection.database),
          judge: "mongodb.safety-copy",
          args: { artifactStep: step.id },
          onError: "fail",
        },
      ],
      probe: local(["sh", "-c", 'if [ -e "$0" ]; then echo PARTLY; else echo NOT DONE; fi', path]),
      repeatable: true,
      after: `a verified safety copy of ${client.connection.database} lies at ${path}`,
      cleanup: {
        says: `removes the safety copy ${path}`,
        commands: [local(["rm", "-f", path])],
        expect: client.connection.database,
        onFailure: false,
      },
    },
    12 * HOUR,
  );
}

/** Removes a database this run restored under a name of its own; any other database of that name is left alone. */
export function cleanupStep(
  step: Extract<RunbookStep, { kind: "cleanup" }>,
  context: StoreContext,
  client: Client,
): Step {
  const name = step.into ?? client.connection.database;
  const guard = `const marks = db.getCollectionNames().filter((name) => name.startsWith(${json(`lifeboat__${context.run.tag}`)}));
if (marks.length === 0 && db.getCollectionNames().length > 0)
  throw new Error("the database " + db.getName() + " was not made by this run");
for (const name of marks) {
  const swapped = db.getCollection(name).findOne({ _id: "swap" });
  if (swapped !== null && swapped.moves.some(({ old }) => old !== null))
    throw new Error("the database " + db.getName() + " held other data before this run");
}`;
  const left = "db.getCollectionNames().length";
  return actionStep(step, context, {
    title: `Remove ${name}`,
    why: "only if this run made it",
    effect: "reversible",
    commands: [
      shell(client, name, `${guard}\ndb.dropDatabase();`, {
        token: `lifeboat-removed-${context.run.nonce}`,
      }),
    ],
    checks: [
      {
        title: "it is gone",
        source: shell(client, name, `print(${left});`),
        judge: "expectation",
        args: { name: `${name} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: shell(client, name, `print(${left} === 0 ? "DONE" : "NOT DONE");`),
    after: `${name} is removed`,
  });
}
