import type { DocPath } from "./source-document.ts";

/** Careful looks into data that a schema has not passed yet: cross-checks run on invalid files too. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export function lookInto(value: unknown, path: DocPath): unknown {
  let found = value;
  for (const part of path) found = typeof part === "number" ? listOf(found)[part] : ownOf(found, part);
  return found;
}

const ownOf = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
