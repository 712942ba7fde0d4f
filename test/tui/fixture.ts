/**
 * The TUI over fake services, to be run in a real terminal: by the tests in a pty, and by hand with
 * `node scripts/tui-demo.ts '{"practice":true}'`. Takes one JSON argument: see Scenario.
 */
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { runTui } from "../../src/tui/run-tui.tsx";
import { fakePlan } from "./fake-plan.ts";
import { fakeServices } from "./fake-services.ts";

interface Scenario {
  start?: "home" | "practice" | "live" | "drill";
  practice?: boolean;
  unfinished?: number;
  fail?: string;
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
const services = fakeServices({
  ...scenario,
  now,
  pause,
});
const mode = scenario.start === "live" || scenario.start === "drill" ? scenario.start : undefined;
const exit = await runTui(services, {
  stdin: process.stdin,
  stdout: process.stdout,
  start: mode
    ? { screen: "plan", plan: fakePlan(mode, scenario.extraSteps) }
    : { screen: scenario.practice ? "practice" : "home" },
  unicode: scenario.ascii !== true,
  colour: scenario.plain !== true,
  screenReader: scenario.screenReader === true,
});
process.stdout.write(`exit ${exit}\n`);
process.exit(exit);
