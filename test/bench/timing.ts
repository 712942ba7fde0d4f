import { execFileSync } from "node:child_process";

/** Seconds a command takes, run by a shell. Throws when it fails. */
export function shellSeconds(
  command: string,
  env: Record<string, string>,
  allowed: readonly number[] = [0],
): number {
  const started = performance.now();
  try {
    execFileSync("bash", ["-c", `set -o pipefail; ${command}`], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const status = error instanceof Error && "status" in error ? error.status : undefined;
    if (typeof status !== "number" || !allowed.includes(status)) throw error;
  }
  return (performance.now() - started) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** One figure as a ratio of its two sides, and whether the goal is met. */
export function figure(name: string, ours: number, theirs: number, goal: number, unit = "s"): string {
  const ratio = ours / theirs;
  const met = ratio <= goal ? "met" : "NOT MET";
  return `${name.padEnd(46)} ${ours.toFixed(2)} ${unit} / ${theirs.toFixed(2)} ${unit} = ${ratio.toFixed(2)}  (goal ≤ ${goal}: ${met})`;
}
