import { pid, stdin, stdout } from "node:process";
import { LifeboatError } from "../../src/base/errors.ts";
import { processStart } from "../../src/base/processes.ts";
import { takeLock } from "../../src/journal/lock.ts";

/**
 * A process of its own that takes a lock when its standard input says so: `node lock-holder.ts HOME RUN`.
 * Prints READY, then TAKEN or the refusal as JSON, and lets go when its standard input closes.
 */
const [home = "", run = ""] = process.argv.slice(2);
let release: (() => void) | undefined;

stdin.once("data", () => {
  try {
    const holder = {
      run,
      operator: "ada",
      machine: "jump1",
      pid,
      pidStarted: processStart(pid),
      since: "now",
    };
    ({ release } = takeLock(home, "shop/database", holder));
    stdout.write("TAKEN\n");
  } catch (error) {
    const facts = error instanceof LifeboatError ? { exit: error.exit, ...error.facts } : String(error);
    stdout.write(`${JSON.stringify(facts)}\n`);
  }
});
stdin.once("end", () => release?.());
stdout.write("READY\n");
