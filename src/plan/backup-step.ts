import { dirname, join } from "node:path";
import type { BackupStep } from "../runbook/backup-schema.ts";
import type { LoadedSystem } from "../runbook/load.ts";
import type { Command } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import type { RunNames } from "../stores/store-kind.ts";
import { HOUR, printed, stepBase, type StepPlanning } from "./step-base.ts";

const ONE_LINE = 'cat "$1" && shift && exec lifeboat backups "$@" --json';

/**
 * `lifeboat backup` as it is typed, with what of the operator's environment system.yaml asks for. It leaves nothing half
 * done, so an attempt that was cut is simply made again. Whether there is one now the catalog says: whoever needs it
 * looks there.
 */
export function backupStep(
  step: BackupStep,
  system: LoadedSystem,
  run: RunNames,
  { mode }: StepPlanning,
): Step {
  const note = join(run.dir, `${step.id}.backup`);
  const format = step.format === undefined ? [] : ["--format", step.format];
  const tier = system.system.stores[step.store]?.backups[0]?.path.includes("{tier}")
    ? ["--tier", step.tier]
    : [];
  const around: Pick<Command, "env" | "secrets"> = {
    env: {
      ...system.given.env,
      LIFEBOAT_HOME: dirname(dirname(run.dir)),
      LIFEBOAT_RUNBOOKS: dirname(system.folder),
    },
    secrets: { ...system.given.secrets },
  };
  const does =
    mode === "dry-run"
      ? printed("printed only")
      : mode === "drill" && step.drill === "print"
        ? printed("live only")
        : { does: "run" as const };
  return {
    ...stepBase(step, `Back up ${step.store}`, 12 * HOUR),
    store: step.store,
    effect: "reversible",
    ...does,
    repeatable: true,
    commands: [
      {
        argv: ["lifeboat", "backup", ...tier, ...format, "--note", note, system.name, step.store],
        ...around,
      },
    ],
    checks: [
      {
        title: `the backup of ${step.store} is found where it is looked for`,
        source: { argv: ["sh", "-c", ONE_LINE, "sh", note, system.name, step.store], ...around },
        judge: "backup-taken",
        args: { store: step.store },
        onError: "fail",
      },
    ],
    after: `${step.store} has a new backup`,
  };
}
