import type { EventBody, JournalEvent } from "../../src/journal/events.ts";

/** Ten seconds apart, from 2026-11-20 11:00:00 UTC on. */
export function atSecond(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 20, 11, 0, seconds)).toISOString();
}

/** Bodies as events, ten seconds apart; the links are not those of a real chain. */
export function events(...bodies: EventBody[]): JournalEvent[] {
  return bodies.map((body, at) => ({
    ...body,
    seq: at + 1,
    at: atSecond(at * 10),
    mono: at * 10_000,
    prev: "0".repeat(64),
  }));
}

export const opened: Extract<EventBody, { type: "run.opened" }> = {
  type: "run.opened",
  version: 1,
  run: "20261120T1100-shop-database-lost-k3f9",
  system: "shop",
  runbook: "database-lost",
  title: "The database is lost",
  mode: "live",
  plan: "7f3a",
  operator: "ada",
  machine: "jump1",
  pid: 41,
  pidStarted: "",
  lifeboat: "0.1.0",
};

export const started = (step: string, attempt = 1): EventBody => ({
  type: "step.started",
  step,
  effect: "reversible",
  attempt,
});

export const ended = (
  step: string,
  result: "done" | "failed" | "skipped" | "printed" | "cancelled" = "done",
  more: Partial<Extract<EventBody, { type: "step.ended" }>> = {},
): EventBody => ({ type: "step.ended", step, result, ms: 1500, checks: [], ...more });

export const over = (exit: number, word: string): EventBody => ({
  type: "run.ended",
  exit,
  word,
  state: ["shop is the restored copy"],
  next: [],
});

export const gate = {
  kind: "confirm" as const,
  expect: "shop",
  prompt: "Type the name of the database to go on",
  says: ["This renames shop."],
  flag: "--confirm shop",
};
