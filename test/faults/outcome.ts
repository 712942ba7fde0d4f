import { expect } from "vitest";
import type { Ran } from "../helpers/lifeboat.ts";

/** Exit code and words of a finished program; its whole output is shown when one is not as it should be. */
export function expectOutcome(ran: Ran, code: number, ...says: (string | RegExp)[]): void {
  const all = `${ran.stdout}\n${ran.stderr}`;
  expect(ran.code, all).toBe(code);
  for (const words of says) {
    if (typeof words === "string") expect(all).toContain(words);
    else expect(all).toMatch(words);
  }
}

/** The id of the run whose output this is. */
export function runOf(ran: Ran): string {
  return /run (\d{8}T\d{6}-\S+)/.exec(ran.stdout)?.[1] ?? "no run was opened";
}
