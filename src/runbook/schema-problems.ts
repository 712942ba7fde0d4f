import type { z } from "zod";
import { didYouMean } from "../base/suggest.ts";
import { type FileKind, jsonSchema } from "./json-schema.ts";
import type { Problem } from "./problem.ts";
import { lookInto, recordOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { keysOf, schemaNodeAt } from "./schema-node.ts";
import type { DocPath } from "./source-document.ts";

type Issue = z.core.$ZodIssue;

/** What zod found, in words and at its place. Values come from the file as written, so a variable's value never shows. */
export function schemaProblems(kind: FileKind, resolved: Resolved, issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    return resolved.isOpen(path) ? [] : inWords(kind, resolved, issue, path);
  });
}

function inWords(kind: FileKind, resolved: Resolved, issue: Issue, path: DocPath): Problem[] {
  const { document } = resolved;
  if (issue.code === "unrecognized_keys") return unknownKeys(kind, resolved, issue.keys, path);
  if (issue.code === "invalid_key") {
    const why = issue.issues[0]?.message ?? "not usable";
    return [document.problem(document.keyAt(path), `"${path.at(-1)}" cannot be a name: expected ${why}`)];
  }
  const found = lookInto(document.value, path);
  const key = String(path.at(-1) ?? "");
  if (found === undefined) {
    const says = `missing "${key}"${wanted(kind, resolved, issue, path)}`;
    return [document.problem(document.keyAt(path.slice(0, -1)), says)];
  }
  return [document.problem(document.valueAt(path), wrongValue(issue, path, found))];
}

function unknownKeys(kind: FileKind, resolved: Resolved, keys: readonly string[], path: DocPath): Problem[] {
  const { document, value } = resolved;
  const known = keysOf(schemaNodeAt(jsonSchema(kind), value, path));
  const present = recordOf(lookInto(document.value, path));
  const free = known.filter((name) => !Object.hasOwn(present, name));
  return keys.map((key) =>
    document.problem(document.keyAt([...path, key]), `unknown key "${key}"${didYouMean(key, free)}`),
  );
}

function wrongValue(issue: Issue, path: DocPath, found: unknown): string {
  const shown =
    typeof found === "string" ? `"${found.length > 60 ? `${found.slice(0, 57)}…` : found}"` : kindOf(found);
  switch (issue.code) {
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? unknownWord(path, found, issue.options.map(String))
        : `expected ${orList(issue.errors.flat().map(expectedOf))}, found ${kindOf(found)}`;
    case "invalid_value":
      return unknownWord(path, found, issue.values.map(String));
    case "invalid_type":
      return `expected ${expectedOf(issue)}, found ${kindOf(found)}${hint(issue.expected, found)}`;
    case "invalid_format":
      return `${shown} is not ${issue.message}`;
    case "too_small":
      return Array.isArray(found)
        ? `${kindOf(found)}: at least ${issue.minimum} needed`
        : `${shown} is too short`;
    default:
      return issue.message;
  }
}

function unknownWord(path: DocPath, found: unknown, options: readonly string[]): string {
  if (typeof found !== "string")
    return `expected ${orList(options.map((o) => `"${o}"`))}, found ${kindOf(found)}`;
  return `unknown ${nounOf(path)} "${found}"${didYouMean(found, options)}`;
}

const KINDS: Record<string, string> = {
  stores: "store kind",
  hosts: "host kind",
  steps: "step kind",
  "bring-up": "step kind",
};

function nounOf(path: DocPath): string {
  const key = String(path.at(-1));
  return (key === "kind" && path.length === 3 && KINDS[String(path[0])]) || key;
}

/** What belongs where something is missing. */
function wanted(kind: FileKind, resolved: Resolved, issue: Issue, path: DocPath): string {
  if ("options" in issue && Array.isArray(issue.options)) return `: ${orList(issue.options.map(String))}`;
  const described = schemaNodeAt(jsonSchema(kind), resolved.value, path)?.description;
  return described === undefined ? `: ${expectedOf(issue)}` : `: ${described}`;
}

const TYPES: Record<string, string> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};

function expectedOf(issue: Issue): string {
  return issue.code === "invalid_type" ? (TYPES[issue.expected] ?? issue.expected) : "another value";
}

function kindOf(found: unknown): string {
  if (found === null) return "nothing";
  if (Array.isArray(found)) return found.length === 0 ? "an empty list" : "a list";
  return (
    { string: "text", number: "a number", boolean: "true or false", bigint: "a number" }[
      String(typeof found)
    ] ?? "a group of keys"
  );
}

function hint(expected: string, found: unknown): string {
  if (expected === "string" && ["number", "boolean"].includes(typeof found)) return ": put it in quotes";
  if (expected === "boolean" && /^(?:yes|on|no|off)$/i.test(String(found)))
    return `: write ${/^(?:yes|on)$/i.test(String(found)) ? "true" : "false"}`;
  return "";
}

const orList = (words: readonly string[]): string => [...new Set(words)].join(" or ");
