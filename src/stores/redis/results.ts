import type { CheckResult } from "../../step/check.ts";

export const pass = (name: string, found: string): CheckResult => ({
  name,
  level: "other",
  result: "pass",
  found,
});
export const fail = (name: string, why: string, fix: string): CheckResult => ({
  name,
  level: "other",
  result: "fail",
  why,
  fix,
});
export const warn = (name: string, why: string, fix: string): CheckResult => ({
  ...fail(name, why, fix),
  result: "warning",
});
