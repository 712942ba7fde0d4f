import type { Reporter, TestCase, TestModule } from "vitest/node";

const EVERY_MS = 5 * 60_000;

/**
 * For a run that is cut off before its end, when the default reporter has said neither why a test failed nor which file
 * hangs: says a failure when it happens, and now and then which files are still at work.
 */
export function progressReporter(): Reporter {
  const begun = new Map<string, number>();
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [file, at] of begun)
      if (now - at > EVERY_MS)
        console.log(`still running for ${Math.round((now - at) / 60_000)} min: ${file}`);
  }, EVERY_MS);
  timer.unref();
  return {
    onTestModuleStart: (module: TestModule) => void begun.set(module.relativeModuleId, performance.now()),
    onTestModuleEnd: (module: TestModule) => void begun.delete(module.relativeModuleId),
    onTestCaseResult: (test: TestCase) => {
      for (const { message } of test.result().errors ?? [])
        console.log(`FAILED ${test.module.relativeModuleId}: ${test.fullName}\n${message.slice(0, 4000)}`);
    },
    onTestRunEnd: () => clearInterval(timer),
  };
}
