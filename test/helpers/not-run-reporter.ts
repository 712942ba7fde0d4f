import type { Reporter, TestModule } from "vitest/node";
import { NOT_RUN } from "./not-run.ts";

/** Lists the suites that this machine could not run: the default reporter counts skipped tests, but names none. */
export const notRunReporter: Reporter = {
  onTestRunEnd(modules) {
    const names = modules.flatMap(notRunSuites);
    if (names.length > 0) console.log(["", ...names, ""].join("\n"));
  },
};

function notRunSuites(module: TestModule): string[] {
  const suites = [...module.children.allSuites()].map((suite) => suite.name);
  return suites
    .filter((name) => name.startsWith(NOT_RUN))
    .map((name) => ` ${name}  (${module.relativeModuleId})`);
}
