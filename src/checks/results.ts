import type { CheckResult } from "../step/check.ts";

const level = "other" as const;

/** It is as it should be. */
export const pass = (name: string, found: string): CheckResult => ({ name, level, result: "pass", found });

/** It is not; `fix` says what to do about it. */
export const fail = (name: string, why: string, fix: string): CheckResult => ({
  name,
  level,
  result: "fail",
  why,
  fix,
});

/** It is no reason to stop, and should be known. */
export const warn = (name: string, why: string, fix: string): CheckResult => ({
  ...fail(name, why, fix),
  result: "warning",
});
