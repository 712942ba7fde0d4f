import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { type ErrorFacts, LifeboatError, messageOf } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Backup } from "../catalog/backup.ts";
import { type Head, readHead } from "../catalog/format.ts";
import { readCatalog } from "../catalog/list.ts";
import { selectBackup } from "../catalog/select.ts";
import type { Launch } from "../hosts/launcher.ts";
import { connectionOf, type LoadedSystem, placeOf } from "../runbook/load.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import { goesBySelf, kindFor, storeKind } from "../stores/registry.ts";
import { carried, type FarPlace } from "../stores/host/far-place.ts";
import { worksThere } from "../stores/host/works-there.ts";
import type { BackupInput, StoreInput } from "../stores/store-kind.ts";
import type { Command } from "../step/command.ts";
import { lookAtPlace } from "./look-at-place.ts";
import { imaginedBackup } from "./imagined-backup.ts";
import type { World } from "./world.ts";

const PATIENCE_MS = 30_000;

/** Looks at the chosen backup's first bytes and its manifest. Throws exit 11 when it cannot be read. */
export async function readBackup(
  world: World,
  system: LoadedSystem,
  store: string,
  choice: string,
  onlyLook = false,
): Promise<BackupInput> {
  const settings = system.system.stores[store];
  const now = world.clock.now();
  const catalog = await readCatalog(store, settings?.backups ?? [], world.cwd, now, settings?.kind);
  const isNone = onlyLook && choice === "latest" && catalog.backups.length === 0;
  const imagined = isNone && settings ? imaginedBackup(store, settings, world.cwd, now) : undefined;
  if (imagined) return imagined;
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
  const connection = connectionOf(system, id);
  const place = await lookAtPlace(placeOf(system, store.host), kind, launch);
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
    clients: await versionsOf(kind.clients, launch, goesBySelf(kind, place) ? undefined : place),
    localData: undefined,
    place,
  };
  return { ...input, ...(await askFacts(input, launch)) };
}

async function versionsOf(
  programs: readonly string[],
  launch: Launch,
  place: FarPlace | undefined,
): Promise<Record<string, string>> {
  const found = await Promise.all(
    programs.map(async (program): Promise<[string, string]> => [
      program,
      await versionOf(asked([program, "--version"], place), launch),
    ]),
  );
  return Object.fromEntries(found);
}

const asked = (argv: string[], place: FarPlace | undefined): Command => {
  const command = { argv, env: {}, secrets: {} };
  return place === undefined ? command : carried(place, command);
};

async function versionOf(question: Command, launch: Launch): Promise<string> {
  try {
    const { exit, stdout } = await launch(question, {
      effect: "reads",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return exit === 127 ? "" : (stdout.split("\n")[0] ?? "");
  } catch {
    return "";
  }
}

async function askFacts(
  input: StoreInput,
  launch: Launch,
): Promise<Pick<StoreInput, "facts" | "unreachable" | "wayNext" | "localData">> {
  const kind = kindFor(input);
  const none = { facts: undefined, localData: undefined };
  try {
    const result = await launch(kind.factsCommand(input), {
      effect: "reads",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { transport } = result;
    if (transport) return { ...none, ...wayFailed(transport) };
    if (result.exit !== 0) return { ...none, unreachable: result.stderr.trim().replaceAll(/\s*\n\s*/g, " ") };
    const facts = kind.parseFacts(result.stdout);
    return { facts, unreachable: undefined, localData: await dataWhere({ ...input, facts }, launch) };
  } catch (error) {
    if (error instanceof LifeboatError) return { ...none, ...wayFailed(error.facts) };
    return { ...none, unreachable: messageOf(error) };
  }
}

const wayFailed = ({ what, why, next }: ErrorFacts): Pick<StoreInput, "unreachable" | "wayNext"> => ({
  unreachable: [what, why ?? ""].filter(Boolean).join(": "),
  wayNext: next,
});

/** The data folder, when a server of the machine that its commands run on works there. */
async function dataWhere(input: StoreInput, launch: Launch): Promise<string | undefined> {
  const kind = kindFor(input);
  const folder = input.connection.isLocal ? kind.dataFolder?.(input.facts) : undefined;
  if (folder === undefined || goesBySelf(kind, input.place)) return undefined;
  const look = worksThere(folder, kind.server?.(input));
  const command = input.place === undefined ? look : carried(input.place, look);
  const { exit } = await launch(command, { effect: "reads", signal: AbortSignal.timeout(PATIENCE_MS) });
  return exit === 0 ? folder : undefined;
}
