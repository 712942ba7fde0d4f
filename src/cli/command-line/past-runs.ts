import type { Command } from "commander";
import type { World } from "../world.ts";
import { collect, done } from "./collect.ts";

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
      .action((id: string, opts: { confirm: string[] }) =>
        done(import("../commands/take-back.ts").then((m) => m.takeBackRun(world, id, what, opts.confirm))),
      );
  }
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
