import { count, counted, sizeInWords } from "../base/size.ts";
import type { CheckResult } from "../step/check.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import { measure } from "./describe.ts";

/** How an artifact was when it was looked at. */
export interface Looked {
  bytes: number;
  modifiedMs: number;
}

/**
 * Whether an artifact is still what it was. A file that is being written, or was replaced or removed meanwhile, is not
 * what was judged. `read`: bytes that were read of it since, when it was read.
 */
export async function unchangedResult(
  path: string,
  name: string,
  before: Looked,
  read = before.bytes,
  kind: StoreKindName = "postgres",
): Promise<CheckResult> {
  const level = "artifact" as const;
  const found = sizeInWords(read);
  const after = await measure(path, kind);
  const fix = "wait until whatever writes or moves it is done, then look again";
  if (typeof after === "string")
    return { name, level, result: "fail", found, why: `it vanished meanwhile: ${after}`, fix };
  if (after.bytes === before.bytes && after.modifiedMs === before.modifiedMs && read === before.bytes)
    return { name, level, result: "pass", found };
  const sizes = `${counted(before.bytes, "byte")} before, ${count(after.bytes)} after`;
  return { name, level, result: "fail", found, why: `something writes to it (${sizes})`, fix };
}
