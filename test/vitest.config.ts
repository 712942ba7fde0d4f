import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { notRunReporter } from "./helpers/not-run-reporter.ts";
import { progressReporter } from "./helpers/progress-reporter.ts";
import { recoveriesReporter } from "./helpers/recoveries-reporter.ts";
import { SlowFirst } from "./helpers/slow-first.ts";

export default defineConfig({
  test: {
    root: dirname(dirname(fileURLToPath(import.meta.url))),
    include: ["test/**/*.test.{ts,tsx}"],
    // For two cores: suites wait now and then, for servers of their own.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    reporters: ["default", notRunReporter, progressReporter(), recoveriesReporter],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
