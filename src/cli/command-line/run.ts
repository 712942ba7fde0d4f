import { type Command, Option } from "commander";
import { usageError } from "../../base/errors.ts";
import { type Mode, STRATEGIES } from "../../step/mode.ts";
import type { RunFlags } from "../commands/run.ts";
import { askForSecrets } from "../typed-secrets.ts";
import type { World } from "../world.ts";
import { collect, done } from "./collect.ts";

interface RunOpts {
  dryRun?: boolean;
  drill?: boolean;
  live?: boolean;
  backup: string[];
  leaveOut: string[];
  strategy?: RunFlags["strategy"];
  skipSafetyCopy?: boolean;
  takeOver?: boolean;
  because?: string;
  continues?: string;
  confirm: string[];
  done: string[];
  onFailure: "stop" | "undo";
  plain?: boolean;
  json?: boolean;
}

function modeOf(opts: RunOpts): Mode {
  const given = [opts.dryRun ? "dry-run" : "", opts.drill ? "drill" : "", opts.live ? "live" : ""].filter(
    (m): m is Mode => m !== "",
  );
  const [mode] = given;
  if (given.length === 1 && mode) return mode;
  throw usageError(
    given.length === 0 ? "the mode is missing" : "more than one mode is given",
    "give exactly one of --dry-run, --drill, --live",
  );
}

function flagsOf(world: World, opts: RunOpts): RunFlags {
  const output = opts.json ? "json" : opts.plain || !world.interactive ? "plain" : "tui";
  return {
    mode: modeOf(opts),
    backup: opts.backup.length === 0 ? "latest" : opts.backup.join(","),
    leaveOut: opts.leaveOut,
    strategy: opts.strategy,
    skipSafetyCopy: opts.skipSafetyCopy ?? false,
    takeOver: opts.takeOver ?? false,
    because: opts.because,
    continues: opts.continues,
    onFailure: opts.onFailure,
    output,
    confirm: opts.confirm,
    done: opts.done,
  };
}

async function run(world: World, system: string, runbook: string, opts: RunOpts): Promise<number> {
  const flags = flagsOf(world, opts);
  await askForSecrets(world, system, runbook);
  const { choiceOf, runPlainly } = await import("../commands/run.ts");
  if (flags.output !== "tui") return runPlainly(world, system, runbook, flags);
  const choice = choiceOf(system, runbook, flags);
  const { showTui } = await import("../commands/tui.ts");
  const { mode, backup, strategy } = choice;
  const start = {
    screen: "choice" as const,
    choice: {
      system,
      runbook,
      mode,
      backup,
      ...(strategy === undefined ? {} : { strategy }),
      ...(flags.continues === undefined ? {} : { continues: flags.continues }),
    },
  };
  return showTui(world, start, {
    ...flags,
    skipSafetyCopy: choice.skipSafetyCopy,
    takeOver: choice.takeOver,
    leaveOut: choice.leaveOut,
  });
}

/** `lifeboat run`. */
export function addRun(program: Command, world: World): void {
  program
    .command("run <system> <runbook>")
    .description(
      "run a runbook: --dry-run touches nothing, --drill restores into a scratch target, --live is the real thing",
    )
    .option("--dry-run", "read-only probes run, everything else is printed")
    .option("--drill", "restore for real into an isolated scratch target, prove it, remove it")
    .option("--live", "the real thing, behind typed gates")
    .option(
      "--backup <backup>",
      "latest, an id, a path, s3://…, or before:<time>; <store>=<backup> for one store; may be given again (default: latest)",
      collect,
      [],
    )
    .option(
      "--leave-out <step>",
      "go without an optional step; may be given again; needs --because",
      collect,
      [],
    )
    .addOption(new Option("--strategy <strategy>", "swap (default) or replace").choices(STRATEGIES))
    .option("--skip-safety-copy", "with replace: no dump of the present data first")
    .option("--take-over", "push aside a run that holds the store and hangs; recorded in both")
    .option(
      "--continues <run>",
      "goes on after a run that brought the servers up; time counts from its start",
    )
    .option("--because <reason>", "why; becomes a deviation in the report")
    .option("--confirm <name>", "answers the gate that asks for this name; may be given again", collect, [])
    .option("--done <step>", "says that a manual step is done; may be given again", collect, [])
    .addOption(
      new Option("--on-failure <what>", "what to do when a step fails")
        .choices(["stop", "undo"])
        .default("stop"),
    )
    .option("--plain", "lines instead of screens")
    .option("--json", "one journal event a line")
    .action((system: string, runbook: string, opts: RunOpts) => done(run(world, system, runbook, opts)));
}
