import { CommanderError } from "commander";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { errorText } from "../output/error-text.ts";
import { homeTrouble } from "./home-trouble.ts";
import { makeProgram } from "./program.ts";
import { setExitCode } from "./signals.ts";
import { openWorld, type World } from "./world.ts";

async function main(): Promise<void> {
  let world: World | undefined;
  try {
    world = openWorld();
    // A reader or a terminal that went away is no reason for a stack trace, and no reason to end before tidying up.
    world.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
    await makeProgram(world).parseAsync(process.argv);
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      setExitCode(thrown.exitCode === 0 ? EXIT.done : EXIT.usage);
      return;
    }
    const error = world === undefined ? thrown : homeTrouble(thrown, world.home);
    process.stderr.write(`${errorText(error).join("\n")}\n`);
    setExitCode(error instanceof LifeboatError ? error.exit : EXIT.bug);
  }
}

await main();
