import type { Command } from "commander";
import type { World } from "../world.ts";
import { collect, done } from "./collect.ts";

interface Options {
  in?: string;
  from?: string;
  dryRun?: boolean;
  yes?: boolean;
  title?: string;
  environment?: string;
  rto?: string;
  rpo?: string;
  backups: string[];
  leaveOut: string[];
}

/** `lifeboat new`: how a team writes its own system. */
export function addNew(program: Command, world: World): void {
  program
    .command("new <system>")
    .description("write a system of your own: from what lies in this folder, and the procedure you have")
    .option("--from <procedure.md>", "the recovery procedure you already have, in Markdown")
    .option("--in <folder>", "the application's folder; default: this one")
    .option(
      "--backups <folder>",
      "where backups lie, besides the usual places; may be given again",
      collect,
      [],
    )
    .option(
      "--leave-out <store>",
      "a store that was found and is not wanted; may be given again",
      collect,
      [],
    )
    .option("--title <words>", "what it is")
    .option("--environment <name>", "production, staging, …")
    .option("--rto <duration>", "how long recovery may take")
    .option("--rpo <duration>", "how much time's worth of writes may be lost")
    .option("--yes", "ask nothing: take what was found and the defaults")
    .option("--dry-run", "show the files and write nothing")
    .action((system: string, opts: Options) =>
      done(
        import("../commands/new.ts").then((m) =>
          m.makeNew(world, system, {
            in: opts.in,
            from: opts.from,
            dryRun: opts.dryRun ?? false,
            yes: opts.yes ?? false,
            title: opts.title,
            environment: opts.environment,
            rto: opts.rto,
            rpo: opts.rpo,
            backups: opts.backups,
            leaveOut: opts.leaveOut,
          }),
        ),
      ),
    );
}
