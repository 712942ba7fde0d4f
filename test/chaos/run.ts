/** `npm run test:chaos -- [--store redis] --points N --seed S [--only 3,17]`: one sweep alone, longer or with other kills. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "400" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    only: { type: "string" },
    store: { type: "string", default: "postgres" },
  },
});
const sweep = `test/chaos/${values.store === "postgres" ? "sweep" : values.store}.test`;
process.stdout.write(`${values.store}: ${values.points} points, seed ${values.seed}\n`);
const ran = spawnSync("vitest", ["run", "--config", "test/vitest.config.ts", sweep], {
  stdio: "inherit",
  env: {
    ...process.env,
    CHAOS_POINTS: values.points,
    CHAOS_SEED: values.seed,
    ...(values.only === undefined ? {} : { CHAOS_ONLY: values.only }),
  },
});
process.exitCode = ran.status ?? 1;
