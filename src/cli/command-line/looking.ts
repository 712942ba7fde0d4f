import { type Command, Option } from "commander";
import { type Mode, STRATEGIES } from "../../step/mode.ts";
import type { RunFlags } from "../commands/run.ts";
import type { World } from "../world.ts";
import { done } from "./collect.ts";

/** Commands that only look: list, plan, backups, runs. */
export function addLooking(program: Command, world: World): void {
  program
    .command("list")
    .description("systems and runbooks, objectives, freshness")
    .option("--json")
    .action((opts: { json?: boolean }) =>
      done(import("../commands/list.ts").then((m) => m.list(world, opts.json ?? false))),
    );
  program
    .command("plan <system> <runbook>")
    .description("every step with its exact commands; touches nothing")
    .addOption(new Option("--mode <mode>").choices(["dry-run", "drill", "live"]).default("live"))
    .option("--backup <backup>", "latest, an id, a path, or before:<time>", "latest")
    .addOption(new Option("--strategy <strategy>").choices(STRATEGIES))
    .option("--json")
    .option("--markdown")
    .action(
      (
        system: string,
        runbook: string,
        opts: {
          mode: Mode;
          backup: string;
          strategy?: RunFlags["strategy"];
          json?: boolean;
          markdown?: boolean;
        },
      ) => {
        const format = opts.json ? "json" : opts.markdown ? "markdown" : "text";
        const choice = { system, runbook, mode: opts.mode, backup: opts.backup, strategy: opts.strategy };
        return done(import("../commands/plan.ts").then((m) => m.showPlan(world, choice, format)));
      },
    );
  program
    .command("backups <system> [store]")
    .description("what there is to restore from, newest first")
    .option("--json")
    .action((system: string, store: string | undefined, opts: { json?: boolean }) =>
      done(
        import("../commands/backups.ts").then((m) =>
          m.listStoreBackups(world, system, store, opts.json ?? false),
        ),
      ),
    );
  program
    .command("runs")
    .description("every run, newest first")
    .option("--json")
    .action((opts: { json?: boolean }) =>
      done(import("../commands/runs.ts").then((m) => m.listRuns(world, opts.json ?? false))),
    );
  program
    .command("certify <system> <runbook>")
    .description(
      "kill the engine at every journal boundary of a simulated run, resume, undo; a table for the auditor",
    )
    .addOption(new Option("--strategy <strategy>").choices(STRATEGIES))
    .option("--json")
    .action((system: string, runbook: string, opts: { strategy?: RunFlags["strategy"]; json?: boolean }) =>
      done(
        import("../commands/certify.ts").then((m) =>
          m.certify(world, system, runbook, opts.strategy, opts.json ?? false),
        ),
      ),
    );
}
