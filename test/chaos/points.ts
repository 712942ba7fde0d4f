import type { JournalEvent } from "../../src/journal/events.ts";
import type { Strategy } from "../../src/step/mode.ts";
import type { Death } from "./die-at.ts";
import { pick, seeded, shuffled } from "./random.ts";

export type Way = "resume" | "undo";

/** One kill of a run, and what is done about it. */
export interface Point {
  n: number;
  strategy: Strategy;
  format: "custom" | "plain.gz";
  death: Death;
  /** What the line is that it dies at, for people. */
  at: string;
  /** psql gets its scripts line by line, so that a death can come between two of them. */
  slow: boolean;
  way: Way;
  /** The resume or undo is killed too, and this is what comes then. */
  again: { death: Death; way: Way } | undefined;
}

/** A whole run's journal by strategy: what boundaries there are. */
export type References = Record<Strategy, readonly JournalEvent[]>;

/** How long a command takes at most when psql is slow, and when it is not. */
const [SLOW_MS, USUAL_MS] = [450, 60];
/** Lines a resume or an undo writes, about. */
const SECOND_LINES = 25;

function describe(event: JournalEvent): string {
  const command = "index" in event ? ` ${event.index}` : "";
  return `${event.type}${"step" in event && event.step !== null ? ` of ${event.step}${command}` : ""}`;
}

function whenAt(random: () => number, event: JournalEvent): Death["when"] {
  if (event.type === "command.spawned" && random() < 0.6) return "later";
  return pick(random, ["before", "torn", "written", "synced"]);
}

/**
 * `count` points spread over both runbooks: first every line of either once, in an order and with a moment the seed
 * chooses, then further ones from the beginning. Every other point resumes, the others undo.
 */
export function choosePoints(references: References, count: number, seed: number): Point[] {
  const random = seeded(seed);
  const lines = (["swap", "replace"] as const).flatMap((strategy) =>
    references[strategy].map((event, index) => ({ strategy, event, line: index + 1 })),
  );
  const points: Point[] = [];
  while (points.length < count) {
    for (const { strategy, event, line } of shuffled(random, lines).slice(0, count - points.length)) {
      const n = points.length + 1;
      const when = whenAt(random, event);
      const slow = when === "later" && random() < 0.7;
      const ms = Math.floor(random() * (slow ? SLOW_MS : USUAL_MS));
      const way = n % 2 === 0 ? "resume" : "undo";
      const second = way === "undo" ? "undo" : pick(random, ["resume", "resume", "undo"] as const);
      points.push({
        n,
        strategy,
        format: pick(random, ["custom", "plain.gz"]),
        death: { line, when, ms, power: random() < 0.3 },
        at: describe(event),
        slow,
        way,
        again: random() < 0.35 ? { death: secondDeath(random), way: second } : undefined,
      });
    }
  }
  return points;
}

function secondDeath(random: () => number): Death {
  return {
    line: 1 + Math.floor(random() * SECOND_LINES),
    when: pick(random, ["before", "torn", "written", "synced", "later"]),
    ms: Math.floor(random() * USUAL_MS),
    power: random() < 0.3,
  };
}
