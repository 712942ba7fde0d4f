import { z } from "zod";
import { inWords } from "../base/duration.ts";
import type { CheckResult, Judge } from "../step/check.ts";
import { MANAGER_NAMES } from "../runbook/services-schema.ts";
import { managerOf } from "./managers.ts";
import { ageOf, isChecked, isGood, readSaid, type Said, type Unit } from "./unit.ts";

/** What runs, and nobody looks whether it works, has to have run for this long: many a program ends in its first seconds. */
const STEADY_SECONDS = 5;

export const stateArgs = z.strictObject({
  manager: z.enum(MANAGER_NAMES),
  /** fresh: running, and not what it was in the record; any: only said. */
  be: z.enum(["down", "gone", "ready", "fresh", "any"]),
  /** The step itself has started it: what is not there then does not come by itself. */
  started: z.boolean().default(false),
  /** Only what ran before an earlier stop is meant. */
  afterStop: z.boolean().default(false),
  /** All services of a project are meant, and some may be jobs that end by themselves. */
  jobs: z.boolean().default(false),
});
type Args = z.infer<typeof stateArgs>;

/** args: see `stateArgs`. Reads what `tellCommand` printed. */
export const judgeState: Judge = (evidence, raw) => {
  const args = stateArgs.parse(raw);
  const said = readSaid(evidence.stdout);
  const results = said.want.flatMap((name) => {
    const units = said.now.filter((unit) => unit.name === name);
    return units.length === 0 ? [missing(name, args)] : units.map((unit) => judged(unit, said, args));
  });
  if (results.length > 0) return results;
  if (!args.afterStop) return [result("services", { result: "pass", found: "none of them ran before" })];
  // Nobody is to read "started" who has an application that is down, because an earlier run had stopped it.
  return [
    result("services", {
      result: "warning",
      found: "none of them ran before they were stopped: none was started",
      why: "they are started as they were found; an earlier run may have left them down",
      fix: "if they are to run, start them by hand",
    }),
  ];
};

const result = (name: string, rest: Omit<CheckResult, "name" | "level">): CheckResult => ({
  name,
  level: "other",
  ...rest,
});

function missing(name: string, { be, started }: Args): CheckResult {
  if (be === "down" || be === "gone" || be === "any")
    return result(name, { result: "pass", found: "not there" });
  return result(name, {
    result: "fail",
    found: "not there",
    why: "there is nothing under this name: it was removed, or never made",
    fix: "make it (compose: a step with do: up), or correct the name",
    ...(started ? { final: true as const } : {}),
  });
}

function judged(unit: Unit, said: Said, args: Args): CheckResult {
  const found = stateInWords(unit, said.at);
  switch (args.be) {
    case "any":
      return result(unit.name, { result: "pass", found });
    case "gone":
      return result(unit.name, { result: "fail", found, why: "it is still there" });
    case "down":
      return result(
        unit.name,
        unit.isUp ? { result: "fail", found, why: "it still runs" } : { result: "pass", found },
      );
    default:
      return running(unit, said, args, found);
  }
}

const lookAt = ({ name }: Unit, manager: Args["manager"]): string =>
  `look at what it says: ${managerOf(manager).logs(name)}`;

function running(unit: Unit, said: Said, { be, manager, jobs }: Args, found: string): CheckResult {
  const never = managerOf(manager).hopeless(unit);
  if (never !== undefined && jobs && unit.more["exit"] === "0")
    return result(unit.name, {
      result: "warning",
      found,
      why: "it ended by itself without an error: is it a job?",
    });
  if (never !== undefined)
    return result(unit.name, {
      result: "fail",
      found,
      why: `${unit.name}: ${never}`,
      fix: lookAt(unit, manager),
      final: true,
    });
  const isOld = be === "fresh" && said.was.some((one) => one.incarnation === unit.incarnation);
  if (isOld) return result(unit.name, { result: "fail", found, why: "it was not started anew" });
  if (!isGood(unit)) return result(unit.name, { result: "fail", found, fix: lookAt(unit, manager) });
  const age = ageOf(unit, said.at);
  if (isChecked(unit) || age === undefined || age >= STEADY_SECONDS)
    return result(unit.name, { result: "pass", found });
  return result(unit.name, { result: "fail", found, why: `it has not run for ${STEADY_SECONDS} s yet` });
}

/** "healthy", "running for 7 s, no health check", "exited with 1". */
function stateInWords(unit: Unit, at: number | undefined): string {
  const age = ageOf(unit, at);
  const long = age === undefined ? "" : ` for ${age < 1 ? "less than 1 s" : inWords(Math.floor(age) * 1000)}`;
  const restarts = Number(unit.more["restarts"] ?? 0);
  const again = restarts > 0 ? `, restarted ${restarts} time${restarts === 1 ? "" : "s"}` : "";
  if (isChecked(unit)) return `running${long}, ${unit.state}${again}`;
  if (isGood(unit)) return `${unit.state}${long}, no health check${again}`;
  if (unit.state === "exited") return `exited with ${unit.more["exit"]}${again}`;
  return `${unit.state}${again}`;
}
