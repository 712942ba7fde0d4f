import { type Command, Option } from "commander";
import { askForSecrets } from "../typed-secrets.ts";
import type { World } from "../world.ts";
import { collect, done } from "./collect.ts";

interface ResumeOpts {
  confirm: string[];
  done: string[];
  assume: string[];
  acceptChanges?: boolean;
  takeOver?: string;
  onFailure: "stop" | "undo";
  plain?: boolean;
  json?: boolean;
}

/** Secrets that were typed are not kept: whoever works on the run again is asked again. */
async function askAgain(world: World, id: string): Promise<void> {
  const { readPlan, runFolder } = await import("../run-folder.ts");
  const { system, runbook } = readPlan(runFolder(world, id));
  await askForSecrets(world, system, runbook);
}

async function resume(world: World, wanted: string | undefined, opts: ResumeOpts): Promise<number> {
  const { runToResume } = await import("../resume-run.ts");
  const run = runToResume(world, wanted);
  await askAgain(world, run);
  const output = opts.json ? "json" : opts.plain || !world.interactive ? "plain" : "tui";
  if (output !== "tui") {
    const { resumePlainly } = await import("../commands/resume.ts");
    return resumePlainly(world, run, { ...opts, acceptChanges: opts.acceptChanges ?? false, output });
  }
  const { showTui } = await import("../commands/tui.ts");
  const { confirm, done: doneSteps, onFailure, takeOver } = opts;
  const flags = { confirm, done: doneSteps, skipSafetyCopy: undefined, onFailure, takeOver };
  return showTui(world, { screen: "resume", run }, flags);
}

async function takeBack(
  world: World,
  id: string,
  what: "undo" | "cleanup",
  confirm: string[],
): Promise<number> {
  await askAgain(world, id);
  const { takeBackRun } = await import("../commands/take-back.ts");
  return takeBackRun(world, id, what, confirm);
}

/** Commands about a run that was: undo, cleanup, report, transcript. */
export function addPastRuns(program: Command, world: World): void {
  for (const what of ["undo", "cleanup"] as const) {
    program
      .command(`${what} <run>`)
      .description(
        what === "undo"
          ? "put back what a run changed"
          : "remove what a run keeps (the data from before); asks for its name",
      )
      .option("--confirm <name>", "the name that would be typed; may be given again", collect, [])
      .action((id: string, opts: { confirm: string[] }) => done(takeBack(world, id, what, opts.confirm)));
  }
  program
    .command("resume [run]")
    .description(
      "go on with an interrupted run: says where it stands, probes what was in flight, asks, continues",
    )
    .option("--confirm <name>", "answers gates that ask for this name; may be given again", collect, [])
    .option("--done <step>", "says that a manual step is done; may be given again", collect, [])
    .option(
      "--assume <step=answer>",
      "done or not-done, where a probe cannot tell; may be given again",
      collect,
      [],
    )
    .option("--take-over <reason>", "push aside a run that holds the store and hangs")
    .option("--accept-changes", "go on although runbook, system file, backup or server changed meanwhile")
    .addOption(
      new Option("--on-failure <what>", "what to do when a step fails")
        .choices(["stop", "undo"])
        .default("stop"),
    )
    .option("--plain", "lines instead of screens")
    .option("--json", "one journal event a line")
    .action((id: string | undefined, opts: ResumeOpts) => done(resume(world, id, opts)));
  program
    .command("abandon <run>")
    .description(
      "say that nobody will go on with an unfinished run: it is no longer offered; nothing is undone",
    )
    .requiredOption("--because <reason>", "why; goes into the report")
    .action((id: string, opts: { because: string }) =>
      done(import("../commands/abandon.ts").then((m) => m.abandon(world, id, opts.because))),
    );
  program
    .command("watch <run>")
    .description("follow a run from another terminal, read-only")
    .option("--plain", "lines instead of screens")
    .action((id: string, opts: { plain?: boolean }) =>
      done(import("../commands/watch.ts").then((m) => m.watchRun(world, id, opts.plain ?? false))),
    );
  program
    .command("note <run> <text>")
    .description("add a note to a run's journal, also while it runs")
    .action((id: string, text: string) =>
      done(import("../commands/watch.ts").then((m) => m.noteRun(world, id, text))),
    );
  program
    .command("handover <run>")
    .description("where a run stands and every command that is left, for a person without Lifeboat")
    .action((id: string) => done(import("../commands/transcript.ts").then((m) => m.showHandover(world, id))));
  program
    .command("report <run>")
    .description("the Markdown report of a run")
    .action((id: string) => done(import("../commands/transcript.ts").then((m) => m.showReport(world, id))));
  const transcript = program.command("transcript").description("the journal of a run, for people");
  transcript
    .command("verify <run>")
    .description("check the hash chain and the output files")
    .action((id: string) => done(import("../commands/transcript.ts").then((m) => m.verifyRun(world, id))));
  transcript
    .command("show <run>")
    .description("print it")
    .action((id: string) =>
      done(import("../commands/transcript.ts").then((m) => m.showTranscript(world, id))),
    );
}
