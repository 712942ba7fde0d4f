import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { notRunReporter } from "./helpers/not-run-reporter.ts";
import { progressReporter } from "./helpers/progress-reporter.ts";
import { recoveriesReporter } from "./helpers/recoveries-reporter.ts";

export default defineConfig({
  test: {
    root: dirname(dirname(fileURLToPath(import.meta.url))),
    include: ["test/**/*.test.{ts,tsx}"],
    // Two cores, and some suites run their own PostgreSQL server.
    maxWorkers: 2,
    reporters: ["default", notRunReporter, progressReporter(), recoveriesReporter],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
