import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Decide, Decision, Situation } from "../../src/engine/decide.ts";
import type { RunContext, Sleep } from "../../src/engine/run-context.ts";
import { runPlan, type RunOptions } from "../../src/engine/run-plan.ts";
import type { Verdict } from "../../src/engine/outcome.ts";
import { standingOf } from "../../src/engine/resume.ts";
import { Turn } from "../../src/engine/turn.ts";
import { createLauncher } from "../../src/hosts/launcher.ts";
import { type Journal, openJournal } from "../../src/journal/append.ts";
import type { JournalEvent } from "../../src/journal/events.ts";
import { RunFeed } from "../../src/journal/feed.ts";
import { readJournal } from "../../src/journal/read.ts";
import { createRedactor } from "../../src/journal/redact.ts";
import type { RunState } from "../../src/journal/run-state.ts";
import { allJudges } from "../../src/stores/registry.ts";
import type { Check } from "../../src/step/check.ts";
import type { Command } from "../../src/step/command.ts";
import type { Step } from "../../src/step/step.ts";
import { fakePlan } from "../tui/fake-plan.ts";

export const SECRET = "canary-7Qz";

/** A script that fails the first time, then does its work. */
export const ONCE =
  "echo run >> runs; [ -e tried ] || { touch tried; echo 'no such thing' >&2; exit 3; }; echo x >> done";

/** A script for sh, run in the test's own folder; $TOKEN_SECRET holds the secret. */
export const sh = (script: string, more: Partial<Command> = {}): Command => ({
  argv: ["sh", "-c", script],
  env: {},
  secrets: { TOKEN_SECRET: "key" },
  ...more,
});

/** A step that changes something, made of shell scripts. */
export function stepOf(id: string, scripts: string[], more: Partial<Step> = {}): Step {
  return {
    id,
    title: `Title of ${id}`,
    why: "",
    kind: "restore",
    host: "local",
    needs: [],
    effect: "reversible",
    does: "run",
    commands: scripts.map((script) => sh(script)),
    checks: [],
    timeoutMs: 20_000,
    silenceMs: 20_000,
    onFailure: "ask",
    failsAs: "failed",
    ...more,
  };
}

/** Green when the script prints 1. */
export const printsOne = (script: string): Check => ({
  title: `prints one: ${script}`,
  source: sh(script),
  judge: "expectation",
  args: { name: "prints one", expect: { equals: 1 } },
  onError: "fail",
});

/** What a person would answer, one after the other; asked more often than that is an error. */
export function scripted(...answers: (Partial<Decision> & Pick<Decision, "choice">)[]): Decide & {
  asked: Situation[];
} {
  const asked: Situation[] = [];
  const decide: Decide = async (situation) => {
    asked.push(situation);
    const next = answers.shift();
    if (!next) throw new Error(`asked once more, about ${situation.step.id}: ${situation.failure.what}`);
    return { how: "typed", ...next };
  };
  return Object.assign(decide, { asked });
}

export interface Bench {
  folder: string;
  /** Runs these steps as a live plan to its end; a second call goes on with the same journal, as resuming does. */
  run(steps: Step[], decide?: Decide, options?: Partial<RunOptions>): Promise<Verdict>;
  /** Stops the run that is going on, as ctrl-c does. */
  interrupt(): void;
  events(): JournalEvent[];
  state(): RunState;
  /** What an operator does by hand, in the run's folder. */
  byHand(script: string): void;
  /** A file of the test's folder; empty when it is not there. */
  file(name: string): string;
  remove(): void;
}

const clock = { now: () => new Date(), mono: () => performance.now() };

const sleep: Sleep = (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined);

/** A run's folder and all the engine needs, with the real launcher and the real journal, which a test may spoil. */
export function openBench(spoilt: (journal: Journal) => Journal = (journal) => journal): Bench {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-engine-"));
  mkdirSync(join(folder, "output"));
  const path = join(folder, "journal.jsonl");
  const redactor = createRedactor([SECRET]);
  let stop = new AbortController();
  let feed = new RunFeed(() => 0);
  const read = (): ReturnType<typeof readJournal> => readJournal(path);
  const file = (name: string): string => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      return "";
    }
  };
  const inFolder = (command: Command): Command => ({ cwd: folder, ...command });
  return {
    folder,
    run: async (steps, decide, options = {}) => {
      const plan = { ...fakePlan("live"), steps };
      const before = file("journal.jsonl") === "" ? undefined : read();
      feed = new RunFeed(() => 0);
      for (const event of before?.events ?? []) feed.event(event);
      const launch = createLauncher({
        env: { PATH: process.env["PATH"] ?? "" },
        secret: () => SECRET,
        allow: "everything",
        graceMs: 200,
      });
      stop = new AbortController();
      const context: RunContext = {
        plan,
        folder,
        journal: spoilt(openJournal(path, clock, redactor.text, before?.after)),
        feed,
        clock,
        sleep,
        launch: (command, how) => launch(inFolder(command), how),
        redactor,
        judges: allJudges(),
        inspect: async () => ({ results: [], facts: {} }),
        ask: async () => ({ answer: "confirmed", how: "flag" }),
        decide,
        identifyHost: async () => ({}),
        identify: async () => {
          throw new Error("no store to ask");
        },
        stop,
        facts: new Map(),
        gates: new Turn(),
        lockLost: () => undefined,
      };
      const standing = before === undefined ? undefined : standingOf(plan, feed.snapshot().state);
      try {
        return await runPlan(context, { onFailure: "stop", ...options }, standing);
      } finally {
        context.journal.close();
      }
    },
    interrupt: () => stop.abort("interrupted"),
    events: () => read().events,
    state: () => feed.snapshot().state,
    file,
    byHand: (script) => void execFileSync("sh", ["-c", script], { cwd: folder }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The journal's events of one type. */
export const only = <T extends JournalEvent["type"]>(
  bench: Bench,
  type: T,
): Extract<JournalEvent, { type: T }>[] =>
  bench.events().filter((event): event is Extract<JournalEvent, { type: T }> => event.type === type);
