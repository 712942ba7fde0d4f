import { Command } from "commander";
import { usageError } from "../base/errors.ts";
import { errorText } from "../output/error-text.ts";
import { nearest } from "../base/suggest.ts";
import { EXIT_MEANING } from "../base/exit-codes.ts";
import { done } from "./command-line/collect.ts";
import { addHttp } from "./command-line/http.ts";
import { addLooking } from "./command-line/looking.ts";
import { addMaking } from "./command-line/making.ts";
import { addNew } from "./command-line/new.ts";
import { addPastRuns } from "./command-line/past-runs.ts";
import { addRun } from "./command-line/run.ts";
import { addS3 } from "./command-line/s3.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

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
      outputError: (text, write) => write(wrongUsage(text)),
    })
    .addHelpText(
      "after",
      `\nexit codes:\n${Object.entries(EXIT_MEANING)
        .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
        .join("\n")}`,
    )
    .argument("[word...]")
    .usage("[options] [command]")
    .helpCommand("help [command]", "the same as --help")
    .action((words: string[]) => {
      const [word] = words;
      if (word !== undefined) throw unknownCommand(program, word);
      return done(home(world));
    });
  addRun(program, world);
  addLooking(program, world);
  addPastRuns(program, world);
  addMaking(program, world);
  addNew(program, world);
  addS3(program, world);
  addHttp(program, world);
  return program;
}

/** What commander says, in the form of every other error here. */
function wrongUsage(text: string): string {
  const [what = "", ...hints] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const hint = hints.map((line) => line.replaceAll(/[()]/g, "")).join(" ");
  return `${errorText(usageError(what, hint || "see: lifeboat <command> --help")).join("\n")}\n`;
}

/** With an action of its own, the root takes a mistyped command for an argument. */
function unknownCommand(program: Command, word: string): Error {
  const near = nearest(
    word,
    program.commands.map((command) => command.name()),
  );
  return usageError(
    `unknown command "${word}"`,
    near === undefined ? "see them with: lifeboat --help" : `did you mean "${near}"?`,
  );
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
