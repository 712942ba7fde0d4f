import { Command, Option } from "commander";
import { EXIT_MEANING } from "../base/exit-codes.ts";
import { usageError } from "../base/errors.ts";
import type { Mode } from "../step/mode.ts";
import { STRATEGIES } from "../step/mode.ts";
import type { RunFlags } from "./commands/run.ts";
import { setExitCode } from "./signals.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

const collect = (value: string, before: string[]): string[] => [...before, value];
const done = async (code: Promise<number> | number): Promise<void> => setExitCode(await code);

interface RunOpts {
  dryRun?: boolean;
  drill?: boolean;
  live?: boolean;
  backup: string;
  strategy?: RunFlags["strategy"];
  skipSafetyCopy?: boolean;
  because?: string;
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
    backup: opts.backup,
    strategy: opts.strategy,
    skipSafetyCopy: opts.skipSafetyCopy ?? false,
    because: opts.because,
    onFailure: opts.onFailure,
    output,
    confirm: opts.confirm,
    done: opts.done,
  };
}

async function run(world: World, system: string, runbook: string, opts: RunOpts): Promise<number> {
  const flags = flagsOf(world, opts);
  const { choiceOf, runPlainly } = await import("./commands/run.ts");
  if (flags.output !== "tui") return runPlainly(world, system, runbook, flags);
  const choice = choiceOf(system, runbook, flags);
  const { showTui } = await import("./commands/tui.ts");
  const { mode, backup, strategy } = choice;
  const start = {
    screen: "choice" as const,
    choice: { system, runbook, mode, backup, ...(strategy === undefined ? {} : { strategy }) },
  };
  return showTui(world, start, { ...flags, skipSafetyCopy: choice.skipSafetyCopy });
}

function addRun(program: Command, world: World): void {
  program
    .command("run <system> <runbook>")
    .description(
      "run a runbook: --dry-run touches nothing, --drill restores into a scratch target, --live is the real thing",
    )
    .option("--dry-run", "read-only probes run, everything else is printed")
    .option("--drill", "restore for real into an isolated scratch target, prove it, remove it")
    .option("--live", "the real thing, behind typed gates")
    .option("--backup <backup>", "latest, an id, a path, or before:<time>", "latest")
    .addOption(new Option("--strategy <strategy>", "swap (default) or replace").choices(STRATEGIES))
    .option("--skip-safety-copy", "with replace: no dump of the present data first")
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

function addLooking(program: Command, world: World): void {
  program
    .command("list")
    .description("systems and runbooks, objectives, freshness")
    .option("--json")
    .action((opts: { json?: boolean }) =>
      done(import("./commands/list.ts").then((m) => m.list(world, opts.json ?? false))),
    );
  program
    .command("plan <system> <runbook>")
    .description("every step with its exact commands; touches nothing")
    .addOption(new Option("--mode <mode>").choices(["dry-run", "drill", "live"]).default("live"))
    .option("--backup <backup>", "latest, an id, a path, or before:<time>", "latest")
    .addOption(new Option("--strategy <strategy>").choices(STRATEGIES))
    .option("--json")
    .option("--markdown")
    .action(
      (
        system: string,
        runbook: string,
        opts: {
          mode: Mode;
          backup: string;
          strategy?: RunFlags["strategy"];
          json?: boolean;
          markdown?: boolean;
        },
      ) => {
        const format = opts.json ? "json" : opts.markdown ? "markdown" : "text";
        const choice = { system, runbook, mode: opts.mode, backup: opts.backup, strategy: opts.strategy };
        return done(import("./commands/plan.ts").then((m) => m.showPlan(world, choice, format)));
      },
    );
  program
    .command("backups <system> [store]")
    .description("what there is to restore from, newest first")
    .option("--json")
    .action((system: string, store: string | undefined, opts: { json?: boolean }) =>
      done(
        import("./commands/backups.ts").then((m) =>
          m.listStoreBackups(world, system, store, opts.json ?? false),
        ),
      ),
    );
  program
    .command("runs")
    .description("every run, newest first")
    .option("--json")
    .action((opts: { json?: boolean }) =>
      done(import("./commands/runs.ts").then((m) => m.listRuns(world, opts.json ?? false))),
    );
}

function addRuns(program: Command, world: World): void {
  for (const what of ["undo", "cleanup"] as const) {
    program
      .command(`${what} <run>`)
      .description(
        what === "undo"
          ? "put back what a run changed"
          : "remove what a run keeps (the data from before); asks for its name",
      )
      .option("--confirm <name>", "the name that would be typed; may be given again", collect, [])
      .action((id: string, opts: { confirm: string[] }) =>
        done(import("./commands/take-back.ts").then((m) => m.takeBackRun(world, id, what, opts.confirm))),
      );
  }
  program
    .command("report <run>")
    .description("the Markdown report of a run")
    .action((id: string) => done(import("./commands/transcript.ts").then((m) => m.showReport(world, id))));
  const transcript = program.command("transcript").description("the journal of a run, for people");
  transcript
    .command("verify <run>")
    .description("check the hash chain and the output files")
    .action((id: string) => done(import("./commands/transcript.ts").then((m) => m.verifyRun(world, id))));
  transcript
    .command("show <run>")
    .description("print it")
    .action((id: string) =>
      done(import("./commands/transcript.ts").then((m) => m.showTranscript(world, id))),
    );
}

function addMaking(program: Command, world: World): void {
  program
    .command("practice")
    .description("a throwaway PostgreSQL on this machine, ready to be broken and restored")
    .option("--auto", "unattended: damage, restore, verify, report")
    .option("--damage <what>", "with --auto: which damage", "rows-deleted")
    .option("--keep", "leave it running at the end, for lifeboat run practice …")
    .option("--remove", "remove one that was kept")
    .action((opts: { auto?: boolean; keep?: boolean; remove?: boolean; damage: string }) => {
      const flags = {
        auto: opts.auto ?? false,
        keep: opts.keep ?? false,
        remove: opts.remove ?? false,
        damage: opts.damage,
      };
      return done(import("./commands/practice.ts").then((m) => m.practice(world, flags)));
    });
  program
    .command("backup <system> [store]")
    .description("take one backup with its manifest")
    .option("--tier <tier>", "for {tier} in the name", "daily")
    .addOption(
      new Option("--format <format>", "default: what the name's ending says").choices([
        "plain",
        "plain.gz",
        "custom",
        "directory",
        "tar",
      ]),
    )
    .action(
      async (
        system: string,
        store: string | undefined,
        opts: { tier: string; format?: "plain" | "plain.gz" | "custom" | "directory" | "tar" },
      ) => {
        const { backupStore } = await import("./commands/backup.ts");
        const { path, words } = await backupStore(world, system, {
          store,
          tier: opts.tier,
          format: opts.format,
        });
        world.stdout.write(`${path}\n${words}\n`);
      },
    );
  program
    .command("lint [path...]")
    .description("check system and runbook files; speaks like a compiler")
    .option("--json")
    .action((paths: string[], opts: { json?: boolean }) =>
      done(import("./commands/lint.ts").then((m) => m.lintFiles(world, paths, opts.json ?? false))),
    );
  program
    .command("schema [kind]")
    .description("JSON Schema of system.yaml and runbooks, for editors")
    .action((kind: string | undefined) =>
      done(import("./commands/lint.ts").then((m) => m.showSchema(world, kindOf(kind)))),
    );
}

function kindOf(kind: string | undefined): "system" | "runbook" | undefined {
  if (kind === undefined || kind === "system" || kind === "runbook") return kind;
  throw usageError(`unknown schema "${kind}"`, "one of: system, runbook");
}

/** The command line: names, flags and what they call. Heavy modules are loaded by the command that needs them. */
export function makeProgram(world: World): Command {
  const program = new Command("lifeboat")
    .description("Guided disaster recovery: walks you through the restore, proves it, keeps a way back.")
    .version(VERSION)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
    })
    .addHelpText(
      "after",
      `\nexit codes:\n${Object.entries(EXIT_MEANING)
        .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
        .join("\n")}`,
    )
    .action(() => done(home(world)));
  addRun(program, world);
  addLooking(program, world);
  addRuns(program, world);
  addMaking(program, world);
  return program;
}

async function home(world: World): Promise<number> {
  if (!world.interactive)
    throw usageError("this needs a terminal", "see what can be done without one: lifeboat --help");
  const { showTui } = await import("./commands/tui.ts");
  return showTui(
    world,
    { screen: "home" },
    { confirm: [], done: [], skipSafetyCopy: undefined, onFailure: "stop" },
  );
}
