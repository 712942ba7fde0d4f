import { didYouMean } from "../base/suggest.ts";
import type { Known, RawStep } from "./cross-check.ts";
import type { Problem } from "./problem.ts";
import { listOf, recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import type { DocPath } from "./source-document.ts";
import { actionsOf, isStoreAction } from "./store-actions.ts";

/** Step by step: the store and host it names, what it may do to them, its expectations. */
export function crossCheckSteps(
  file: Resolved,
  steps: readonly RawStep[],
  known: Known | undefined,
): Problem[] {
  return steps.flatMap((step) => [
    ...(known === undefined ? [] : targetProblems(file, step, known)),
    ...expectationProblems(file, ["steps", step.index, "expect"], step.fields["expect"]),
    ...listOf(step.fields["queries"]).flatMap((query, i) =>
      expectationProblems(file, ["steps", step.index, "queries", i, "expect"], recordOf(query)["expect"]),
    ),
    ...gateProblems(file, step),
  ]);
}

function targetProblems(file: Resolved, step: RawStep, known: Known): Problem[] {
  const { document } = file;
  const path = ["steps", step.index];
  const found: Problem[] = [];
  const say = (key: string, message: string): void => {
    if (!file.isOpen([...path, key])) found.push(document.problem(document.valueAt([...path, key]), message));
  };
  const host = textOf(step.fields["host"]);
  if (host !== undefined && !known.hosts.includes(host))
    say("host", `unknown host "${host}"${didYouMean(host, known.hosts)}`);
  const name = textOf(step.fields["store"]);
  if (name === undefined) return found;
  const store = known.stores.get(name);
  if (store === undefined) {
    say("store", `unknown store "${name}"${didYouMean(name, [...known.stores.keys()])}`);
    return found;
  }
  const kind = textOf(step.fields["kind"]) ?? "";
  const actions = actionsOf(store.kind);
  // A kind that no store knows is the schema's to tell.
  if (actions !== undefined && !actions.includes(kind) && isStoreAction(kind))
    say("kind", `a ${store.kind} store does not know "${kind}"${didYouMean(kind, actions)}`);
  return [...found, ...databaseProblems(file, step, store)];
}

/** The name of another database to restore into or to remove: never the ones that must survive. */
function databaseProblems(
  file: Resolved,
  step: RawStep,
  store: { database: string | undefined; maintenanceDatabase: string },
): Problem[] {
  const { document } = file;
  const database = textOf(step.fields["database"]);
  if (step.fields["kind"] === "cleanup" && step.fields["database"] === undefined) {
    const says = 'missing "database": without it a cleanup would mean the live one';
    return [document.problem(document.valueAt(["steps", step.index, "kind"]), says)];
  }
  if (database === undefined || file.isOpen(["steps", step.index, "database"])) return [];
  const place = document.valueAt(["steps", step.index, "database"]);
  if ([store.maintenanceDatabase, "template0", "template1"].includes(database))
    return [
      document.problem(
        place,
        `"${database}" belongs to the server itself and cannot be restored into or removed`,
      ),
    ];
  if (step.fields["kind"] === "cleanup" && database === store.database)
    return [
      document.problem(
        place,
        `"${database}" is the store's own database: a cleanup would remove the live data`,
      ),
    ];
  return [];
}

function expectationProblems(file: Resolved, path: DocPath, value: unknown): Problem[] {
  const { document } = file;
  const expect = recordOf(value);
  const found: Problem[] = [];
  const pattern = textOf(expect["matches"]);
  if (pattern !== undefined && !file.isOpen([...path, "matches"])) {
    const fault = regexFault(pattern);
    if (fault !== undefined)
      found.push(
        document.problem(document.valueAt([...path, "matches"]), `not a regular expression: ${fault}`),
      );
  }
  const [least, most] = [expect["at-least"], expect["at-most"]];
  if (typeof least === "number" && typeof most === "number" && least > most)
    found.push(
      document.problem(
        document.keyAt([...path, "at-least"]),
        '"at-least" is more than "at-most": nothing can pass',
      ),
    );
  return found;
}

function regexFault(pattern: string): string | undefined {
  try {
    return RegExp(pattern) && undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: /, "")
      : "cannot be read";
  }
}

/** An irreversible command is typed for at its gate: without a target there is no name to type. */
function gateProblems(file: Resolved, step: RawStep): Problem[] {
  const { fields, index } = step;
  if (fields["kind"] !== "command" && fields["kind"] !== "migrate") return [];
  if ((fields["effect"] ?? "irreversible") !== "irreversible" || fields["target"] !== undefined) return [];
  const place = file.document.valueAt(["steps", index, "kind"]);
  const says =
    'this command is irreversible (the default): give "target", the name to type at its gate, or another "effect"';
  return [file.document.problem(place, says, "warning")];
}
