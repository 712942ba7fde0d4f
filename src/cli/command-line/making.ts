import type { Command } from "commander";
import { usageError } from "../../base/errors.ts";
import type { World } from "../world.ts";
import { done } from "./collect.ts";

/** practice, backup, lint, schema. */
export function addMaking(program: Command, world: World): void {
  program
    .command("practice")
    .description("a throwaway PostgreSQL on this machine, ready to be broken and restored")
    .option("--auto", "unattended: damage, restore, verify, report")
    .option("--damage <what>", "with --auto: which damage", "rows-deleted")
    .option("--keep", "leave it running at the end, for lifeboat run practice …")
    .option("--remove", "remove one that was kept")
    .action((opts: { auto?: boolean; keep?: boolean; remove?: boolean; damage: string }) => {
      const flags = {
        auto: opts.auto ?? false,
        keep: opts.keep ?? false,
        remove: opts.remove ?? false,
        damage: opts.damage,
      };
      return done(import("../commands/practice.ts").then((m) => m.practice(world, flags)));
    });
  program
    .command("backup <system> [stores...]")
    .description("take a backup with its manifest, of each store of the system or of those that are named")
    .option("--tier <tier>", "for {tier} in the name", "daily")
    .option("--format <format>", "default: what the name's ending says; one that the kind of store has")
    .option("--note <file>", "writes path and contents there when the backup is whole; of one store")
    .action((system: string, stores: string[], options: { tier: string; format?: string; note?: string }) =>
      done(import("../commands/backup.ts").then((m) => m.backupStores(world, system, stores, options))),
    );
  program
    .command("lint [path...]")
    .description("check system and runbook files; speaks like a compiler")
    .option("--json")
    .action((paths: string[], opts: { json?: boolean }) =>
      done(import("../commands/lint.ts").then((m) => m.lintFiles(world, paths, opts.json ?? false))),
    );
  program
    .command("schema [kind]")
    .description("JSON Schema of system.yaml and runbooks, for editors")
    .action((kind: string | undefined) =>
      done(import("../commands/lint.ts").then((m) => m.showSchema(world, kindOf(kind)))),
    );
}

function kindOf(kind: string | undefined): "system" | "runbook" | undefined {
  if (kind === undefined || kind === "system" || kind === "runbook") return kind;
  throw usageError(`unknown schema "${kind}"`, "one of: system, runbook");
}
