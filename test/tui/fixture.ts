/**
 * The TUI over fake services, to be run in a real terminal: by the tests in a pty, and by hand with
 * `node scripts/tui-demo.ts '{"practice":true}'`. Takes one JSON argument: see Scenario.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { runTui, type Start } from "../../src/tui/run-tui.tsx";
import type { ResumeOffer } from "../../src/tui/services.ts";
import { fakePlan } from "./fake-plan.ts";
import { fakeRun } from "./fake-run.ts";
import { fakeServices } from "./fake-services.ts";

interface Scenario {
  start?: "home" | "practice" | "live" | "drill" | "run" | "resume";
  practice?: boolean;
  unfinished?: number;
  fail?: string;
  /** The id of a step that fails until something is decided about it. */
  decide?: string;
  /** What the editor gives back. */
  edited?: string;
  /** A shell script that gets the whole terminal, in place of editor and shell. */
  program?: string;
  /** While that works somebody writes this note, then the run is stopped from outside. */
  noteMeanwhile?: string;
  offer?: Partial<ResumeOffer>;
  readOnly?: boolean;
  lines?: number;
  extraSteps?: number;
  /** Between two lines of output. */
  paceMs?: number;
  /** After this thing of the run ("beside 3") nothing more happens until Ctrl-C: something to look at. */
  hangAt?: string;
  ascii?: boolean;
  plain?: boolean;
  screenReader?: boolean;
}

const scenario: Scenario = JSON.parse(process.argv[2] ?? "{}");
const began = Date.now();
const now = (): Date => new Date(Date.parse("2026-11-20T11:02:00.000Z") + Date.now() - began);
const pause = (what: string): Promise<void> => {
  if (what === scenario.hangAt) return new Promise(() => {});
  return scenario.paceMs === 0 ? immediate() : sleep(scenario.paceMs ?? 1);
};
const control = fakeRun(fakePlan("live", scenario.extraSteps), { ...scenario, now, pause });

/** As the real services do it: nothing between the program and the terminal. */
async function program(script: string): Promise<void> {
  const child = spawn("sh", ["-c", script], { stdio: "inherit" });
  const ended = once(child, "exit");
  const text = scenario.noteMeanwhile;
  if (text !== undefined) {
    const at = now().toISOString();
    control.feed.event({ type: "note", text, by: "root", seq: 0, at, mono: 0, prev: "" });
    control.interrupt();
    await control.finished;
    process.stdout.write("stopped from outside\n");
  }
  await ended;
}
const { program: script, ...rest } = scenario;
const services = fakeServices({
  ...rest,
  ...(script === undefined ? {} : { program: () => program(script) }),
  now,
  pause,
});

function start(): Start {
  if (scenario.start === "resume")
    return { screen: "resume", run: "20261120T1040-plotzed-database-lost-a1b2" };
  if (scenario.start === "run") return { screen: scenario.readOnly === true ? "watch" : "run", control };
  if (scenario.start === "live" || scenario.start === "drill")
    return { screen: "plan", plan: fakePlan(scenario.start, scenario.extraSteps) };
  return { screen: scenario.practice === true ? "practice" : "home" };
}

const exit = await runTui(services, {
  stdin: process.stdin,
  stdout: process.stdout,
  start: start(),
  unicode: scenario.ascii !== true,
  colour: scenario.plain !== true,
  screenReader: scenario.screenReader === true,
});
process.stdout.write(`exit ${exit}\n`);
process.exit(exit);
