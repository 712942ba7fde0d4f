import { startLifeboat } from "../helpers/lifeboat.ts";

export interface TimedRun {
  /** Of the whole program, its start included. */
  seconds: number;
  /** Seconds of each step by its last name, in order, e.g. `load` of `restore.load`. */
  steps: Map<string, number>;
}

/** A run to its end, timed from outside and by its own events. Throws when it fails. */
export async function timedRun(args: readonly string[], env: Record<string, string>): Promise<TimedRun> {
  const ran = await startLifeboat(["run", ...args, "--json"], { env, cwd: "/" }).ended;
  if (ran.code !== 0)
    throw new Error(`run ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}${ran.stdout.slice(-2000)}`);
  const ended = ran.stdout
    .trim()
    .split("\n")
    .map((line): { type: string; step?: string; ms?: number } => JSON.parse(line))
    .filter(({ type }) => type === "step.ended");
  return {
    seconds: ran.ms / 1000,
    steps: new Map(ended.map(({ step = "", ms = 0 }) => [step.split(".")[1] ?? step, ms / 1000])),
  };
}

export const sumOf = ({ steps }: TimedRun, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (steps.get(name) ?? 0), 0);

/** For people: "load 1.20, verify 0.40"; what took no time is left out. */
export const stepTimes = ({ steps }: TimedRun): string =>
  [...steps]
    .filter(([, seconds]) => seconds > 0)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`)
    .join(", ");
