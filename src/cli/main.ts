import { CommanderError } from "commander";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { errorText } from "../output/error-text.ts";
import { makeProgram } from "./program.ts";
import { setExitCode } from "./signals.ts";
import { openWorld } from "./world.ts";

async function main(): Promise<void> {
  const world = openWorld();
  // A reader that went away (| head) is no reason for a stack trace.
  world.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    await makeProgram(world).parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      setExitCode(error.exitCode === 0 ? EXIT.done : EXIT.usage);
      return;
    }
    world.stderr.write(`${errorText(error).join("\n")}\n`);
    setExitCode(error instanceof LifeboatError ? error.exit : EXIT.bug);
  }
}

await main();
