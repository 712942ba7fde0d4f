import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { LifeboatError, messageOf } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Backup } from "../catalog/backup.ts";
import { type Head, readHead } from "../catalog/format.ts";
import { readCatalog } from "../catalog/list.ts";
import { selectBackup } from "../catalog/select.ts";
import type { Launch } from "../hosts/launcher.ts";
import { connectionOf, type LoadedSystem, placeOf } from "../runbook/load.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import { storeKind } from "../stores/registry.ts";
import type { BackupInput, StoreInput } from "../stores/store-kind.ts";
import type { World } from "./world.ts";

/** Looks at the chosen backup's first bytes and its manifest. Throws exit 11 when it cannot be read. */
export async function readBackup(
  world: World,
  system: LoadedSystem,
  store: string,
  choice: string,
): Promise<BackupInput> {
  const settings = system.system.stores[store];
  const now = world.clock.now();
  const catalog = await readCatalog(store, settings?.backups ?? [], world.cwd, now, settings?.kind);
  const backup = await selectBackup(catalog, choice, now);
  const { format, bytes } = await headOf(backup, settings?.kind ?? "postgres");
  const manifest = backup.manifest === undefined ? undefined : readManifest(backup.manifest);
  return { backup: timed(backup, manifest), format, head: bytes, manifest };
}

/** A copy bears the time it was copied at. The manifest knows when it was taken, and what is lost is counted from then. */
function timed(backup: Backup, manifest: unknown): Backup {
  const taken = z.object({ takenAt: z.string() }).safeParse(manifest).data?.takenAt;
  const time = new Date(taken ?? Number.NaN);
  if (backup.fileTime === undefined || Number.isNaN(time.getTime())) return backup;
  return { ...backup, time, remarks: backup.remarks.filter((remark) => remark !== backup.fileTime) };
}

/** Nothing of a remote backup is on this machine: its store is asked when the plan runs. */
async function headOf(backup: Backup, kind: StoreKindName): Promise<Head> {
  if (backup.kind !== "remote") return readHead(backup.path, kind);
  return { format: { wrapper: "none", payload: "bucket" }, bytes: Buffer.alloc(0) };
}

function readManifest(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LifeboatError(EXIT.preflight, {
      what: "the manifest beside the backup cannot be read",
      where: path,
      why: messageOf(error),
      next: "move it away to restore without a manifest, or choose another backup",
    });
  }
}

/** Asks a store who it is and how it stands; read-only. An unreachable store is not an error yet: the plan says so. */
export async function gatherStore(
  world: World,
  system: LoadedSystem,
  id: string,
  launch: Launch,
  { backup, restoredAs }: { backup: BackupInput | undefined; restoredAs: string | undefined },
): Promise<StoreInput> {
  const store = system.system.stores[id];
  if (!store) throw new LifeboatError(EXIT.bug, { what: `no store ${id}` });
  const kind = storeKind(store.kind);
  const place = placeOf(system, store.host);
  if (place.hops?.length !== 0 && kind.reaches?.(place) !== true)
    throw new LifeboatError(EXIT.invalid, { what: `store ${id} cannot be on host ${store.host} yet` });
  const connection = connectionOf(system, id);
  const input: StoreInput = {
    system: system.name,
    environment: system.system.environment,
    id,
    store:
      store["safety-copies"] === undefined
        ? store
        : { ...store, "safety-copies": resolve(world.cwd, store["safety-copies"]) },
    connection,
    backup,
    subject: restoredAs ?? connection.subject,
    facts: undefined,
    unreachable: undefined,
    clients: await versionsOf(kind.clients, launch),
    place,
    localData: undefined,
  };
  return { ...input, ...(await askFacts(input, launch)) };
}

async function versionsOf(programs: readonly string[], launch: Launch): Promise<Record<string, string>> {
  const found = await Promise.all(
    programs.map(async (program): Promise<[string, string]> => [program, await versionOf(program, launch)]),
  );
  return Object.fromEntries(found);
}

async function versionOf(program: string, launch: Launch): Promise<string> {
  try {
    return (
      (
        await launch({ argv: [program, "--version"], env: {}, secrets: {} }, { effect: "reads" })
      ).stdout.split("\n")[0] ?? ""
    );
  } catch {
    return "";
  }
}

async function askFacts(
  input: StoreInput,
  launch: Launch,
): Promise<Pick<StoreInput, "facts" | "unreachable" | "localData">> {
  const kind = storeKind(input.store.kind);
  const none = { facts: undefined, localData: undefined };
  try {
    const result = await launch(kind.factsCommand(input), {
      effect: "reads",
      signal: AbortSignal.timeout(30_000),
    });
    if (result.exit !== 0) return { ...none, unreachable: result.stderr.trim().replaceAll(/\s*\n\s*/g, " ") };
    const facts = kind.parseFacts(result.stdout);
    const isHere = input.connection.isLocal && (input.place?.hops ?? []).length === 0;
    const folder = isHere ? kind.dataFolder?.(facts) : undefined;
    const localData = folder !== undefined && existsSync(folder) ? folder : undefined;
    return { facts, unreachable: undefined, localData };
  } catch (error) {
    return {
      ...none,
      unreachable:
        error instanceof LifeboatError ? `${error.facts.what}: ${error.facts.why ?? ""}` : messageOf(error),
    };
  }
}
