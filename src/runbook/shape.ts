import type { z } from "zod";
import type { FileKind } from "./json-schema.ts";
import type { Problem } from "./problem.ts";
import { isRecord } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { schemaProblems } from "./schema-problems.ts";

const BEGINS: Record<FileKind, string> = {
  system: '"title:" and "stores:"',
  runbook: '"title:", "scenario:" and "steps:"',
};

/** Holds a resolved document against its schema. `data` is undefined when it does not fit. */
export function checkShape<T extends z.ZodType>(
  kind: FileKind,
  schema: T,
  resolved: Resolved,
): { data: z.output<T> | undefined; problems: Problem[] } {
  const { document, value } = resolved;
  if (value === undefined && document.problems.length > 0) return { data: undefined, problems: [] };
  if (!isRecord(value)) {
    const found =
      value === null
        ? "the file is empty"
        : Array.isArray(value)
          ? "the file is a list"
          : "the file is only text";
    const says = `${found}: a ${kind} begins with ${BEGINS[kind]}`;
    return { data: undefined, problems: [document.problem(document.valueAt([]), says)] };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data, problems: [] };
  return { data: undefined, problems: schemaProblems(kind, resolved, parsed.error.issues) };
}
