import type { Reporter, TestModule } from "vitest/node";

const EVERY_MS = 5 * 60_000;

/** Says now and then which files are still at work: one that hangs is otherwise the only one that is never named. */
export function stillRunningReporter(): Reporter {
  const begun = new Map<string, number>();
  const timer = setInterval(() => {
    const long = [...begun].filter(([, at]) => performance.now() - at > EVERY_MS);
    for (const [file, at] of long)
      console.log(`still running for ${Math.round((performance.now() - at) / 60_000)} min: ${file}`);
  }, EVERY_MS);
  timer.unref();
  return {
    onTestModuleStart: (module: TestModule) => void begun.set(module.relativeModuleId, performance.now()),
    onTestModuleEnd: (module: TestModule) => void begun.delete(module.relativeModuleId),
    onTestRunEnd: () => clearInterval(timer),
  };
}
