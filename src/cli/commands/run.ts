import { LifeboatError, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import type { Mode, Strategy } from "../../step/mode.ts";
import { presentNdjson } from "../../output/ndjson.ts";
import { presentPlain, resultText } from "../../output/plain.ts";
import { askFlags, type GateFlags } from "../asks.ts";
import type { Choice } from "../choice.ts";
import { type Prepared, prepare } from "../prepare.ts";
import { leave, onSignals } from "../signals.ts";
import { startRun, type StartedRun } from "../start-run.ts";
import type { World } from "../world.ts";

export interface RunFlags extends GateFlags {
  mode: Mode;
  backup: string;
  strategy: Strategy | undefined;
  skipSafetyCopy: boolean;
  because: string | undefined;
  onFailure: "stop" | "undo";
  output: "tui" | "plain" | "json";
  takeOver: boolean;
  leaveOut: string[];
  continues?: string | undefined;
}

export function choiceOf(system: string, runbook: string, flags: RunFlags): Choice {
  if (flags.skipSafetyCopy && flags.because === undefined) {
    throw usageError(
      "--skip-safety-copy needs a reason",
      '--skip-safety-copy --because "why there is no time for one"',
    );
  }
  if (flags.takeOver && flags.because === undefined) {
    throw usageError(
      "--take-over needs a reason",
      '--take-over --because "why the other run may be pushed aside"',
    );
  }
  if (flags.leaveOut.length > 0 && flags.because === undefined) {
    throw usageError(
      "--leave-out needs a reason",
      `--leave-out ${flags.leaveOut[0]} --because "why it can wait"`,
    );
  }
  const skip = flags.skipSafetyCopy ? flags.because : undefined;
  return {
    system,
    runbook,
    mode: flags.mode,
    backup: flags.backup,
    strategy: flags.strategy,
    skipSafetyCopy: skip,
    takeOver: flags.takeOver ? flags.because : undefined,
    continues: flags.continues,
    leaveOut: new Map(flags.leaveOut.map((step) => [step, flags.because ?? ""])),
  };
}

/** Without a terminal nothing is assumed: a live run has to be confirmed by its target's name. */
function confirmedByFlag(prepared: Prepared, flags: RunFlags): "flag" | undefined {
  const { plan } = prepared;
  if (plan.mode !== "live") return undefined;
  const [target] = plan.targets;
  if (target === undefined || flags.confirm.includes(target.name)) return "flag";
  const given = flags.confirm.map((name) => `"${name}"`).join(", ");
  throw new LifeboatError(EXIT.refused, {
    what: "a live run has to be confirmed, and nobody is there to ask",
    where: `${plan.system} / ${plan.runbook}`,
    ...(given === "" ? {} : { why: `--confirm says ${given}; the target is "${target.name}"` }),
    next: `give --confirm ${target.name}, or run it in a terminal`,
  });
}

/** `lifeboat run` without the TUI. Resolves with the exit code. */
export async function runPlainly(
  world: World,
  system: string,
  runbook: string,
  flags: RunFlags,
): Promise<number> {
  const choice = choiceOf(system, runbook, flags);
  const prepared = await prepare(world, choice);
  const exit = await runPrepared(world, prepared, flags);
  const { run, bringsUp } = prepared.plan;
  if (bringsUp === undefined || !COMPLETE.has(exit)) return exit;
  if (flags.output === "plain")
    world.stdout.write(`\nThe servers are up. The rest is planned and run now, after run ${run}.\n\n`);
  const rest = await runPrepared(world, await prepareRest(world, choice, prepared), flags);
  return rest === EXIT.done ? exit : rest;
}

/** Ends of a run after which others may build on it. */
const COMPLETE: ReadonlySet<number> = new Set([EXIT.done, EXIT.deviations]);

/** What cannot be planned now is told together with what has been done already. */
async function prepareRest(world: World, choice: Choice, { plan }: Prepared): Promise<Prepared> {
  try {
    return await prepare(world, { ...choice, continues: plan.run });
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.facts.changed !== undefined) throw error;
    const { next } = error.facts;
    const goOn = `go on with: ${plan.bringsUp?.rest ?? ""}`;
    const facts = {
      ...error.facts,
      changed: `the bring-up is done, by run ${plan.run}`,
      next: next === undefined ? goOn : `${next}; then ${goOn}`,
    };
    throw new LifeboatError(error.exit, facts, error);
  }
}

async function runPrepared(world: World, prepared: Prepared, flags: RunFlags): Promise<number> {
  const run = await startRun(world, prepared, {
    ask: askFlags(flags),
    onFailure: flags.onFailure,
    confirmed: confirmedByFlag(prepared, flags),
  });
  return watchPlainly(world, run, flags.output === "json" ? "json" : "plain");
}

export async function watchPlainly(world: World, run: StartedRun, output: "plain" | "json"): Promise<number> {
  const stopPresenting =
    output === "json"
      ? presentNdjson(run.feed, world.stdout, world.clock.now)
      : presentPlain(run.feed, run.plan, world.stdout, world.clock.now);
  const stopSignals = onSignals(run.interrupt, () => leave(EXIT.interrupted));
  try {
    const { exit, report } = await run.finished;
    if (output === "plain") {
      const lines = resultText(run.feed.snapshot().state, run.plan, { exit, report, folder: run.folder });
      world.stdout.write(`${lines.join("\n")}\n`);
    }
    return exit;
  } finally {
    stopPresenting();
    stopSignals();
  }
}
