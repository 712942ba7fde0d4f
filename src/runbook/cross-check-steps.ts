import { parseDuration } from "../base/duration.ts";
import { didYouMean } from "../base/suggest.ts";
import { noPlace } from "./cross-check-hosts.ts";
import { httpProblems } from "./cross-check-http.ts";
import { servicesProblems } from "./cross-check-services.ts";
import type { Known, KnownStore, RawStep } from "./cross-check.ts";
import type { Problem } from "./problem.ts";
import { listOf, recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import type { DocPath } from "./source-document.ts";
import { RESTORE_KEYS } from "./runbook-schema.ts";
import { declarationOf, isStoreAction } from "./store-kinds/registry.ts";

/** Step by step: the store and host it names, what it may do to them, its expectations. */
export function crossCheckSteps(
  file: Resolved,
  steps: readonly RawStep[],
  known: Known | undefined,
): Problem[] {
  return steps.flatMap((step) => [
    ...(known === undefined ? [] : targetProblems(file, step, known)),
    ...expectationProblems(file, [...step.path, "expect"], step.fields["expect"]),
    ...listOf(step.fields["queries"]).flatMap((query, i) =>
      expectationProblems(file, [...step.path, "queries", i, "expect"], recordOf(query)["expect"]),
    ),
    ...gateProblems(file, step),
    ...httpProblems(file, step),
    ...limitProblems(file, step),
    ...servicesProblems(file, step, steps, known),
  ]);
}

function targetProblems(file: Resolved, step: RawStep, known: Known): Problem[] {
  const { document } = file;
  const { path } = step;
  const found: Problem[] = [];
  const say = (key: string, message: string): void => {
    if (!file.isOpen([...path, key])) found.push(document.problem(document.valueAt([...path, key]), message));
  };
  for (const [key, says] of hostProblems(step, known)) say(key, says);
  const name = textOf(step.fields["store"]);
  if (name === undefined) return found;
  const store = known.stores.get(name);
  if (store === undefined) {
    say("store", `unknown store "${name}"${didYouMean(name, [...known.stores.keys()])}`);
    return found;
  }
  const kind = textOf(step.fields["kind"]) ?? "";
  const actions = declarationOf(store.kind)?.actions;
  // A kind that no store knows is the schema's to tell.
  if (actions !== undefined && !actions.includes(kind) && isStoreAction(kind))
    say("kind", `a ${store.kind} store does not know "${kind}"${didYouMean(kind, actions)}`);
  return [...found, ...restoreKeyProblems(file, step, store), ...intoProblems(file, step, store)];
}

const RUNS_COMMANDS = new Set(["command", "migrate"]);

function hostProblems({ fields }: RawStep, { hosts }: Known): [key: string, says: string][] {
  const host = textOf(fields["host"]);
  const names = [...new Set(["local", ...Object.keys(hosts)])];
  if (host === undefined) return [];
  if (!names.includes(host)) return [["host", `unknown host "${host}"${didYouMean(host, names)}`]];
  if (!RUNS_COMMANDS.has(textOf(fields["kind"]) ?? "")) return [];
  const isFar = (textOf(recordOf(hosts[host])["kind"]) ?? "local") !== "local";
  const cwd = textOf(fields["cwd"]);
  const relative = isFar && cwd !== undefined && !cwd.startsWith("/");
  return [
    ...noPlace(hosts, host).map((says): [string, string] => ["host", says]),
    ...(relative
      ? [["cwd", `on ${host} the folder has to be absolute: begin it with /`] as [string, string]]
      : []),
  ];
}

/** Keys of a restore that mean nothing for this kind of store: they would be passed over in silence. */
function restoreKeyProblems(file: Resolved, step: RawStep, store: KnownStore): Problem[] {
  const known = declarationOf(store.kind)?.restoreKeys;
  if (step.fields["kind"] !== "restore" || known === undefined) return [];
  return RESTORE_KEYS.filter((key) => step.fields[key] !== undefined && !known.includes(key)).map((key) =>
    file.document.problem(
      file.document.keyAt([...step.path, key]),
      `restoring a ${store.kind} store does not know "${key}"`,
    ),
  );
}

/** Another name to restore into or to remove: never the ones that must survive. */
function intoProblems(file: Resolved, step: RawStep, store: KnownStore): Problem[] {
  const { document } = file;
  const into = textOf(step.fields["into"]);
  if (step.fields["kind"] === "cleanup" && step.fields["into"] === undefined) {
    const says = 'missing "into": without it a cleanup would mean the live data';
    return [document.problem(document.valueAt([...step.path, "kind"]), says)];
  }
  if (into === undefined || file.isOpen([...step.path, "into"])) return [];
  const says = (message: string): Problem[] => [
    document.problem(document.valueAt([...step.path, "into"]), message),
  ];
  if (store.reserved.includes(into))
    return says(`"${into}" belongs to the server itself and cannot be restored into or removed`);
  if (step.fields["kind"] === "cleanup" && into === store.subject)
    return says(`"${into}" is the store's own name: a cleanup would remove the live data`);
  return [];
}

function expectationProblems(file: Resolved, path: DocPath, value: unknown): Problem[] {
  const { document } = file;
  const expect = recordOf(value);
  const found: Problem[] = [];
  for (const key of ["matches", "absent"]) {
    const pattern = textOf(expect[key]);
    const fault = pattern === undefined || file.isOpen([...path, key]) ? undefined : regexFault(pattern);
    if (fault === undefined) continue;
    found.push(document.problem(document.valueAt([...path, key]), `not a regular expression: ${fault}`));
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
  const { fields, path } = step;
  const byDefault = { command: "irreversible", migrate: "irreversible", http: "reads" }[
    String(fields["kind"])
  ];
  if (byDefault === undefined) return [];
  if ((fields["effect"] ?? byDefault) !== "irreversible" || fields["target"] !== undefined) return [];
  const place = file.document.valueAt([...path, "kind"]);
  const says = `this ${fields["kind"] === "http" ? "question" : "command"} is irreversible${fields["effect"] === undefined ? " (the default)" : ""}: give "target", the name to type at its gate, or another "effect"`;
  return [file.document.problem(place, says, "warning")];
}

/** A step that is ended before its waiting is over would say that it hung. */
function limitProblems({ document }: Resolved, { path, fields }: RawStep): Problem[] {
  const [within, timeout] = ["within", "timeout"].map((key) => parseDuration(textOf(fields[key]) ?? ""));
  if (within === undefined || timeout === undefined || timeout > within) return [];
  const says = '"timeout" is not longer than "within": the step would be ended while it still waits';
  return [document.problem(document.valueAt([...path, "timeout"]), says)];
}
