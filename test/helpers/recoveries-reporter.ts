import type { Reporter } from "vitest/node";
import type { Recovery } from "../systems/recovery.ts";

const HEADS = {
  system: "system",
  runbook: "runbook",
  mode: "mode",
  stores: "stores",
  objectives: "objectives",
  verified: "verified",
  seconds: "seconds",
} as const satisfies Record<keyof Recovery, string>;

/** The table at the end: every run of a shipped runbook that tests have made, as its own journal tells it. */
export const recoveriesReporter: Reporter = {
  onTestRunEnd(modules) {
    const rows = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => test.meta().recoveries ?? []),
    );
    if (rows.length > 0) console.log(["", ...recoveryTable(rows), ""].join("\n"));
  },
};

/** A line for each row, columns as wide as what is in them. */
export function recoveryTable(rows: readonly Recovery[]): string[] {
  const columns = Object.entries(HEADS).map(([key, head]) => {
    const cells = [head, ...rows.map((row) => cellOf(row, key))];
    const width = Math.max(...cells.map((cell) => cell.length));
    return cells.map((cell) => (key === "seconds" ? cell.padStart(width) : cell.padEnd(width)));
  });
  return ["", ...rows].map((_row, at) => ` ${columns.map((cells) => cells[at] ?? "").join("  ")}`.trimEnd());
}

const cellOf = (row: Recovery, key: string): string =>
  Object.entries(row).find(([name]) => name === key)?.[1] ?? "";
