/** `npm run test:chaos -- --points N --seed S [--only 3,17]`: the sweep alone, longer or with other kills. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "400" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    only: { type: "string" },
  },
});
process.stdout.write(`${values.points} points, seed ${values.seed}\n`);
const ran = spawnSync("vitest", ["run", "--config", "test/vitest.config.ts", "test/chaos/sweep"], {
  stdio: "inherit",
  env: {
    ...process.env,
    CHAOS_POINTS: values.points,
    CHAOS_SEED: values.seed,
    ...(values.only === undefined ? {} : { CHAOS_ONLY: values.only }),
  },
});
process.exitCode = ran.status ?? 1;
