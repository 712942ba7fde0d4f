import type { Backup } from "../catalog/backup.ts";
import { readCatalog } from "../catalog/list.ts";
import { planText } from "../output/plan-text.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { findSystems, runbookRoots, systemNamed } from "../runbook/find.ts";
import { loadForPlan } from "../runbook/load.ts";
import type {
  BackupRow,
  Choice as PlanChoice,
  PracticeServices,
  ResumeOffer,
  RunControl,
  Services,
  StoreBackups,
  UnfinishedRun,
} from "../tui/services.ts";
import { askPerson, type GateFlags, type Person } from "./asks.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { readRuns } from "./run-folder.ts";
import { offerResume, resumeRun } from "./resume-run.ts";
import { type StartedRun, startRun } from "./start-run.ts";
import { abandonRun } from "./abandon-run.ts";
import { editText, openShell } from "./terminal-programs.ts";
import type { Redactor } from "../journal/redact.ts";
import { summarizeSystems } from "./systems.ts";
import { unfinishedRuns } from "./unfinished.ts";
import type { World } from "./world.ts";

export interface TuiFlags extends GateFlags {
  skipSafetyCopy: string | undefined;
  takeOver?: string | undefined;
  /** Optional steps that the command line leaves out, and why. */
  leaveOut?: ReadonlyMap<string, string> | undefined;
  onFailure: "stop" | "undo";
}

/** Backups of every store that the runbook restores or verifies, in the order of its steps. */
async function backupsOf(world: World, systemName: string, runbookName: string): Promise<StoreBackups[]> {
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const { system, runbook } = await loadForPlan(
    systemNamed(systems, systemName).folder,
    runbookName,
    world.env,
  );
  const stores = new Set(
    runbook.runbook.steps.flatMap((step) =>
      step.kind === "restore" || step.kind === "verify" ? [step.store] : [],
    ),
  );
  const verified = verifiedTimes(world);
  return Promise.all(
    [...stores].map(async (id): Promise<StoreBackups> => {
      const store = system.system.stores[id];
      const { backups } = await readCatalog(
        id,
        store?.backups ?? [],
        world.cwd,
        world.clock.now(),
        store?.kind,
      );
      return { store: id, backups: backups.map((backup) => rowOf(backup, verified.get(backup.path))) };
    }),
  );
}

const rowOf = (backup: Backup, verifiedAt: Date | undefined): BackupRow => ({
  id: backup.id,
  time: backup.time,
  ...(backup.tier === undefined ? {} : { tier: backup.tier }),
  bytes: backup.bytes,
  hasManifest: backup.manifest !== undefined,
  ...(verifiedAt === undefined ? {} : { verifiedAt }),
  remarks: backup.remarks,
});

/** When each artifact was last read in full and found good, from the journals. */
function verifiedTimes(world: World): Map<string, Date> {
  const times = new Map<string, Date>();
  for (const { plan, state } of readRuns(world).toReversed()) {
    for (const backup of plan.backups) {
      const artifact = plan.steps.find((s) => s.store === backup.store && s.id.endsWith(".artifact"));
      const ended = artifact && state.steps.get(artifact.id);
      if (ended?.state === "done" && ended.startedAt !== undefined)
        times.set(backup.path, new Date(ended.startedAt));
    }
  }
  return times;
}

function unfinished(world: World): UnfinishedRun[] {
  return unfinishedRuns(world, readRuns(world)).map(({ run, plan, state }) => {
    const at = plan.steps.findIndex(
      (step) => !["done", "printed", "skipped"].includes(state.steps.get(step.id)?.state ?? "waiting"),
    );
    return {
      run,
      mode: plan.mode,
      system: plan.system,
      runbook: plan.runbook,
      stoppedAt: new Date(state.lastAt ?? plan.createdAt),
      step: (at < 0 ? plan.steps.length - 1 : at) + 1,
      steps: plan.steps.length,
    };
  });
}

/** A started run as the screens hold it, with what a shell beside it needs. */
interface Held {
  control: RunControl;
  run: StartedRun;
  redactor: Redactor;
}

function hold(run: StartedRun, person: Person, redactor: Redactor): Held {
  const failedCommand = (): string | undefined => person.situation()?.commandText;
  const { answerGate, answerDecision } = person;
  return { control: { ...run, answerGate, answerDecision, failedCommand, readOnly: false }, run, redactor };
}

async function startNew(world: World, prepared: Prepared, flags: TuiFlags): Promise<Held> {
  const person = askPerson(flags);
  const confirmed = prepared.plan.mode === "live" ? ("typed" as const) : undefined;
  const { ask, decide } = person;
  const run = await startRun(world, prepared, { ask, decide, onFailure: flags.onFailure, confirmed });
  return hold(run, person, prepared.redactor);
}

async function resume(
  world: World,
  id: string,
  flags: TuiFlags,
  held: (made: Held) => RunControl,
): Promise<ResumeOffer> {
  const offer = await offerResume(world, id);
  const { plan, redactor } = offer.past.material;
  return {
    run: id,
    plan,
    stands: offer.stands,
    leftovers: offer.leftovers.says,
    differences: offer.differences,
    probed: offer.probed,
    start: async () => {
      const person = askPerson(flags);
      const { ask, decide } = person;
      const options = {
        ask,
        decide,
        onFailure: flags.onFailure,
        accepted: "typed",
        assume: new Map(),
      } as const;
      return held(hold(await resumeRun(world, offer, options), person, redactor));
    },
  };
}

/** A shell beside a run: that there was one is a deviation, with the name of its recording. */
async function shellBeside(world: World, held: Held | undefined): Promise<void> {
  if (!held) return;
  const record = await openShell(world, held.run.folder, held.redactor);
  if (!record) return;
  const what = `commands typed in a shell, recorded in ${record.file}, sha256 ${record.sha256}`;
  held.run.deviate(what, "decided by the operator");
}

/** The real services behind the screens. `running` sees every run that is started, for signals. */
export function tuiServices(
  world: World,
  flags: TuiFlags,
  running: (run: RunControl) => void,
  practice?: PracticeServices,
): Services {
  const prepared = new Map<string, Prepared>();
  const chosen = new Map<string, PlanChoice>();
  const all = new Map<string, Held>();
  const held = (made: Held): RunControl => {
    all.set(made.run.plan.run, made);
    running(made.control);
    return made.control;
  };
  return {
    operator: `${world.operator}@${world.machine}`,
    systems: () => summarizeSystems(world),
    unfinished: async () => unfinished(world),
    backups: (system, runbook) => backupsOf(world, system, runbook),
    plan: async (choice): Promise<Plan> => {
      const made = await prepare(world, {
        ...choice,
        skipSafetyCopy: flags.skipSafetyCopy,
        takeOver: flags.takeOver,
        leaveOut: new Map([...(flags.leaveOut ?? []), ...Object.entries(choice.leaveOut ?? {})]),
      });
      prepared.set(made.plan.run, made);
      chosen.set(made.plan.run, choice);
      return made.plan;
    },
    rest: (run) => {
      const choice = chosen.get(run);
      return choice && { ...choice, continues: run };
    },
    start: async (plan) => {
      const made = prepared.get(plan.run);
      if (!made) throw new Error(`no plan was made for run ${plan.run}`);
      return held(await startNew(world, made, flags));
    },
    resume: (run) => resume(world, run, flags, held),
    abandon: async (run, because) => void abandonRun(world, run, because),
    shell: (control) => shellBeside(world, all.get(control.plan.run)),
    edit: (text) => editText(world, text),
    planText: (plan) => planText(plan, world.clock.now()),
    now: world.clock.now,
    ...(practice ? { practice } : {}),
  };
}
