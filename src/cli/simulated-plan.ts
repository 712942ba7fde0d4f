import type { ArtifactFormat } from "../catalog/backup.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { findSystems, runbookPath, runbookRoots, systemNamed } from "../runbook/find.ts";
import { connectionOf, loadForPlan, placeOf } from "../runbook/load.ts";
import { readRunbook } from "../runbook/read-runbook.ts";
import { lookInto } from "../runbook/raw.ts";
import type { UnsetVariable } from "../runbook/resolved.ts";
import { declarationOf } from "../runbook/store-kinds/registry.ts";
import { readSystem, type SystemFile } from "../runbook/read-system.ts";
import { STEP_LISTS } from "../runbook/runbook-schema.ts";
import type { Mode, Strategy } from "../step/mode.ts";
import { farPlaceOf } from "../stores/host/far-place.ts";
import { storeKind } from "../stores/registry.ts";
import type { BackupInput, StoreInput } from "../stores/store-kind.ts";
import { redirectForDrill } from "./drill-env.ts";
import { nameRun } from "./prepare.ts";
import type { World } from "./world.ts";

/** What a variable that nobody set may be in a simulated world: nothing is ever reached with it. */
function standIn({ name, inside }: UnsetVariable, system: SystemFile): string {
  const kind = lookInto(system.resolved.value, [...inside.slice(0, 2), "kind"]);
  const ofStore = inside[0] === "stores" ? declarationOf(kind)?.simulatedUrl : undefined;
  if (inside.at(-1) === "port" || /(?:^|_)PORT$/.test(name)) return "1";
  if (STEP_LISTS.some((list) => list === inside[0]) && inside.at(-1) === "url") return addressIn(name);
  return /URL|URI|DSN|ENDPOINT/.test(name)
    ? (ofStore ?? "postgresql://simulated@simulated.invalid/simulated")
    : "simulated";
}

/** A whole address, or the part of one that is called host. */
const addressIn = (name: string): string =>
  /URL|URI|ENDPOINT|ADDRESS|ORIGIN/.test(name) ? "http://simulated.invalid" : "simulated";

function simulatedBackup(store: string, now: Date, format: ArtifactFormat): BackupInput {
  const backup = {
    id: "simulated",
    store,
    path: "/simulated/backup.dump",
    tier: undefined,
    time: new Date(now.getTime() - 3_600_000),
    bytes: 1_000_000,
    modifiedMs: 0,
    kind: "file" as const,
    manifest: undefined,
    remarks: [],
  };
  return {
    backup,
    format,
    head: Buffer.alloc(0),
    manifest: undefined,
  };
}

/** A plan of the team's own runbook for a simulated world: no server, no backup and no variable has to be there. */
export async function simulatedPlan(
  world: World,
  systemName: string,
  runbookName: string,
  strategy: Strategy | undefined,
  mode: Mode = "live",
): Promise<Plan> {
  const found = systemNamed(await findSystems(runbookRoots(world.env, world.cwd, world.shipped)), systemName);
  const first = await readSystem(found.folder, world.env);
  const { unset } = await readRunbook(runbookPath(found, runbookName), first);
  const standIns = [...first.unset, ...unset].map((variable) => [variable.name, standIn(variable, first)]);
  const env = { ...world.env, ...Object.fromEntries(standIns) };
  const { system, runbook } = await loadForPlan(found.folder, runbookName, env);
  const now = world.clock.now();
  const stores = new Map(
    Object.entries(system.system.stores).map(([id, store]): [string, StoreInput] => {
      const connection = connectionOf(system, id);
      const restore = runbook.runbook.steps.find((step) => step.kind === "restore" && step.store === id);
      const subject =
        restore?.kind === "restore" && restore.into !== undefined ? restore.into : connection.subject;
      const kind = storeKind(store.kind);
      const facts = kind.simulatedFacts(subject);
      const backup = simulatedBackup(id, now, kind.simulatedFormat);
      const environment = system.system.environment;
      return [
        id,
        {
          system: system.name,
          environment,
          id,
          store,
          connection,
          backup,
          subject,
          facts,
          unreachable: undefined,
          clients: Object.fromEntries(kind.clients.map((program) => [program, "simulated 18.0"])),
          localData: undefined,
          place: farPlaceOf(placeOf(system, store.host)),
        },
      ];
    }),
  );
  const run = nameRun(world, system.name, runbook.name);
  return buildPlan({
    system,
    runbook: mode === "drill" ? redirectForDrill(runbook, stores, run) : runbook,
    mode,
    strategy,
    stores,
    run,
    now,
    jobs: 2,
    skipSafetyCopy: false,
    earlier: undefined,
  });
}
