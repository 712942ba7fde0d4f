import { LifeboatError, messageOf } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { processStart } from "../base/processes.ts";
import { type Held, hold } from "../hosts/hold.ts";
import { type LockHolder, takeLock } from "../journal/lock.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { kindFor } from "../stores/registry.ts";
import type { StoreInput } from "../stores/store-kind.ts";
import { childEnv, type World } from "./world.ts";

/** The locks of a live run: a file in LIFEBOAT_HOME for each store, and a lock at the store where it can hold one. */
export interface StoreLocks {
  release: () => Promise<void>;
  /** Why the run may not go on touching a store; undefined while all locks are held. */
  lost: () => string | undefined;
  takenOver: { store: string; holder: string; because: string }[];
}

const NONE: StoreLocks = { release: async () => undefined, lost: () => undefined, takenOver: [] };

export interface LockRequest {
  plan: Plan;
  stores: ReadonlyMap<string, StoreInput>;
  vault: ReadonlyMap<string, string>;
  /** Why a living holder's lock is taken over; undefined to refuse. */
  takeOver: string | undefined;
}

/** Takes all of them or none; exit 31 names the holder. Dry runs and drills touch nothing live and need none. */
export async function lockStores(world: World, request: LockRequest): Promise<StoreLocks> {
  const { plan, takeOver } = request;
  if (plan.mode !== "live") return NONE;
  const undo: (() => void | Promise<void>)[] = [];
  const checks: (() => string | undefined)[] = [];
  const atServers = new Set<string>();
  const takenOver: StoreLocks["takenOver"] = [];
  const release = async (): Promise<void> => {
    for (const one of undo.toReversed()) await one();
  };
  try {
    for (const { store } of plan.targets) {
      const file = takeLock(
        world.home,
        `${plan.system}-${store}`,
        holderOf(world, plan),
        takeOver !== undefined,
      );
      undo.push(file.release);
      checks.push(() => (file.held() ? undefined : `another run has taken over the lock of ${store}`));
      if (file.from)
        takenOver.push({
          store,
          holder: `${file.from.run} of ${file.from.operator} on ${file.from.machine}`,
          because: takeOver ?? "",
        });
      // Two stores may be parts of one database: its lock is this run's already.
      const server = serverOf(request, store);
      if (atServers.has(server)) continue;
      atServers.add(server);
      const held = await lockAtStore(world, request, store);
      if (!held) continue;
      undo.push(held.release);
      checks.push(() =>
        held.alive() ? undefined : `the lock at the server of ${store} is gone: its session was ended`,
      );
    }
  } catch (error) {
    await release();
    throw error;
  }
  return {
    release,
    takenOver,
    lost: () => checks.map((check) => check()).find((reason) => reason !== undefined),
  };
}

function serverOf({ plan, stores }: LockRequest, store: string): string {
  const input = stores.get(store);
  const name = plan.targets.find((one) => one.store === store)?.name;
  return JSON.stringify([input?.store.kind, input?.store.host, input?.connection.address, name]);
}

function holderOf(world: World, plan: Plan): LockHolder {
  const { operator, machine, pid } = world;
  return {
    run: plan.run,
    operator,
    machine,
    pid,
    pidStarted: processStart(pid),
    since: world.clock.now().toISOString(),
  };
}

async function lockAtStore(
  world: World,
  { plan, stores, vault, takeOver }: LockRequest,
  store: string,
): Promise<Held | undefined> {
  const input = stores.get(store);
  const target = plan.targets.find((one) => one.store === store);
  if (!input || !target || input.facts === undefined) return undefined;
  const { lock } = kindFor(input);
  if (!lock) return undefined;
  const config = {
    env: childEnv(world),
    secret: (key: string) => vault.get(key),
    allow: "everything" as const,
  };
  let held: Held;
  try {
    held = await hold(config, lock.command(input, target.name, plan.run, takeOver !== undefined));
  } catch (error) {
    throw new LifeboatError(EXIT.preflight, {
      what: `the lock of ${target.name} could not be taken at its server`,
      where: `store ${store}`,
      why: messageOf(error),
      next: "look whether the server takes connections, then run again",
    });
  }
  const other = lock.holder(held.firstLine);
  if (other === undefined) return held;
  await held.release();
  throw new LifeboatError(EXIT.locked, {
    what: `another live run holds ${target.name} at its server`,
    where: `store ${store}`,
    why: other,
    next: "wait until it ends, or stop it there (ctrl-c); if it hangs for good: --take-over --because …",
  });
}
