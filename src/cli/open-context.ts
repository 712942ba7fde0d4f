import { join } from "node:path";
import { processStart } from "../base/processes.ts";
import type { Decide } from "../engine/decide.ts";
import { type Ask, emit, type Identify, type RunContext } from "../engine/run-context.ts";
import { Turn } from "../engine/turn.ts";
import type { Launch } from "../hosts/launcher.ts";
import type { Journal } from "../journal/append.ts";
import type { EventBody } from "../journal/events.ts";
import type { RunFeed } from "../journal/feed.ts";
import { sumOfStart } from "../journal/file-sum.ts";
import type { Redactor } from "../journal/redact.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { serviceJudges } from "../services/judges.ts";
import { allJudges } from "../stores/registry.ts";
import type { StoreInput } from "../stores/store-kind.ts";
import type { Identity } from "../step/identity.ts";
import type { Receiver } from "../notify/call-out.ts";
import { callSomebody } from "./call-somebody.ts";
import { inspect } from "./inspect.ts";
import { keepHandover } from "./keep-handover.ts";
import { KeptFacts } from "./kept-facts.ts";
import type { StoreLocks } from "./store-locks.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

/** A plan and what running it needs, whether it is new or taken up again. */
export interface Material {
  plan: Plan;
  folder: string;
  launch: Launch;
  redactor: Redactor;
  identify: Identify;
  identifyHost: (host: string) => Promise<Identity>;
  /** For the locks at the stores. */
  stores: ReadonlyMap<string, StoreInput>;
  vault: ReadonlyMap<string, string>;
  /** Who is called when the run waits, and when it ends. */
  receivers: readonly Receiver[];
}

export interface Asking {
  ask: Ask;
  decide?: Decide | undefined;
}

export function openContext(
  world: World,
  material: Material,
  journal: Journal,
  feed: RunFeed,
  asking: Asking & { locks?: Pick<StoreLocks, "lost"> },
): RunContext {
  const { plan, folder, launch, redactor, identify, identifyHost } = material;
  const context: RunContext = {
    plan,
    folder,
    launch,
    redactor,
    identify,
    identifyHost,
    ask: asking.ask,
    decide: asking.decide,
    lockLost: asking.locks?.lost ?? (() => undefined),
    journal,
    feed,
    clock: world.clock,
    sleep: world.sleep,
    judges: new Map([...allJudges(), ...Object.entries(serviceJudges)]),
    inspect,
    stop: new AbortController(),
    facts: new KeptFacts(material.folder),
    gates: new Turn(),
  };
  keepHandover(context);
  return { ...context, beforeClosing: callSomebody(context, material.receivers) };
}

const definedSum = (planFile: string | undefined): { planFile?: string } =>
  planFile === undefined ? {} : { planFile };

/** The first event of every process that works on a run. */
export function openedEvent(world: World, plan: Plan, folder: string): EventBody {
  return {
    type: "run.opened",
    version: 1,
    run: plan.run,
    system: plan.system,
    runbook: plan.runbook,
    title: plan.title,
    mode: plan.mode,
    plan: plan.hash,
    ...definedSum(sumOfStart(join(folder, "plan.json"))),
    operator: world.operator,
    machine: world.machine,
    pid: world.pid,
    pidStarted: processStart(world.pid),
    lifeboat: VERSION,
  };
}

export function emitOpened(world: World, context: RunContext): void {
  emit(context, openedEvent(world, context.plan, context.folder));
}
