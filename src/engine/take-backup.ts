import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { inspectArtifact } from "../catalog/inspect.ts";
import { type Envelope, manifestPath, type ManifestParts } from "../checks/manifest.ts";
import type { Launch } from "../hosts/launcher.ts";
import type { Command } from "../step/command.ts";
import { goesBySelf, kindFor } from "../stores/registry.ts";
import type { StoreInput } from "../stores/store-kind.ts";
import { FETCHED_HALF } from "../stores/host/carry-files.ts";
import { makeThere } from "../stores/host/make-there.ts";
import { hintFor } from "./hints.ts";

export interface BackupOrder {
  input: StoreInput;
  /** One of the kind's formats. */
  format: string;
  /** Where the artifact goes; must not exist. */
  path: string;
  time: Date;
  jobs: number;
  nonce: string;
  /** Ends what runs; nothing half done is left then. */
  signal?: AbortSignal | undefined;
}

/**
 * Takes a backup and writes the manifest beside it. The artifact gets its name only when it is whole, was read back and
 * its manifest is on disk, so a half-written backup is never found as one.
 * @throws exit 20 naming what failed; nothing is left behind then.
 */
export async function takeBackup(order: BackupOrder, launch: Launch): Promise<Envelope & ManifestParts> {
  const { input, format, jobs, nonce } = order;
  const partial = `${order.path}.partial`;
  const maker = kindFor(input);
  const { kind, backups } = maker;
  mkdirSync(dirname(order.path), { recursive: true });
  rmSync(partial, { recursive: true, force: true });
  const { place } = input;
  const far =
    place === undefined || goesBySelf(maker, place) ? undefined : makeThere(place, nonce, order.path);
  const recipe = backups.make(input, { path: far?.path ?? partial, format, jobs, nonce });
  try {
    const printed = await runAll(order, [...(far?.before ?? []), ...recipe.commands], launch);
    if (far) {
      const isFolder = (await runAll(order, [far.isFolder], launch))[0]?.trim() === "folder";
      await runAll(order, far.fetch(partial, isFolder), launch);
      printed.splice(0, far.before.length);
    }
    const report = await inspectArtifact(partial, { kind });
    const bad = report.results.filter((r) => r.result === "fail");
    if (far) {
      const [stdout = ""] = await runAll(order, [far.sums], launch);
      bad.push(...far.judge(stdout, report.sha256));
    }
    if (bad.length > 0) throw failed(order, bad.map((r) => r.why ?? r.name).join("; "));
    const readBack = await runAll(order, recipe.readBack, launch);
    const manifest = {
      lifeboat: 1 as const,
      system: input.system,
      store: input.id,
      environment: input.environment,
      kind,
      takenAt: order.time.toISOString(),
      artifact: { file: order.path, format, bytes: report.bytes, sha256: report.sha256 },
      ...recipe.manifest({ printed, readBack, facts: report.facts }),
    };
    publish(order, partial, manifest, recipe.beside ?? []);
    return manifest;
  } catch (error) {
    for (const ending of ["", ...FETCHED_HALF, ...(recipe.beside ?? [])])
      rmSync(`${partial}${ending}`, { recursive: true, force: true });
    throw error;
  } finally {
    for (const command of [...(recipe.cleanUp ?? []), ...(far?.after ?? [])])
      await launch(command, { effect: "reversible" }).catch((error: unknown) => {
        // What lies there went with the host, and why the backup failed matters more.
        if (command.on === undefined) throw error;
      });
  }
}

/** What each of the commands printed; the first that fails, or does not say its token, ends the backup. */
async function runAll(order: BackupOrder, commands: readonly Command[], launch: Launch): Promise<string[]> {
  const printed: string[] = [];
  for (const command of commands) {
    if (order.signal?.aborted) throw failed(order, "it was stopped");
    const stoppable = order.signal === undefined ? {} : { signal: order.signal };
    const ended = await launch(command, { effect: "reversible", ...stoppable });
    const { exit, signal, stdout, stderr, cut, transport } = ended;
    if (order.signal?.aborted) throw failed(order, "it was stopped");
    if (transport) throw failed(order, [transport.what, transport.why].filter(Boolean).join(": "));
    const said = command.token === undefined || stdout.split("\n").includes(command.token);
    const program = command.argv[0] ?? "";
    if (exit !== 0) throw failed(order, stderr.trim() || `${program} exit ${exit ?? signal}`);
    if (!said) throw failed(order, stderr.trim() || `${program} never said that it was done`);
    if (cut) throw failed(order, `${program} printed more than can be kept`);
    printed.push(stdout);
  }
  return printed;
}

function publish(
  { path, time }: BackupOrder,
  partial: string,
  manifest: Envelope,
  beside: readonly string[],
): void {
  // The manifest and what lies beside first: an artifact is never seen without them.
  for (const ending of beside) renameSync(`${partial}${ending}`, `${path}${ending}`);
  writeFileSync(manifestPath(path), `${JSON.stringify(manifest, null, 1)}\n`);
  utimesSync(partial, time, time);
  renameSync(partial, path);
}

function failed({ input, path }: BackupOrder, why: string): LifeboatError {
  const hint = hintFor(why, [input.store.kind]);
  return new LifeboatError(EXIT.failed, {
    what: `the backup of ${input.connection.subject} failed`,
    where: path,
    why: hint ? `${why} (likely: ${hint.likely})` : why,
    changed: "nothing: the unfinished file was removed",
    ...(hint ? { next: hint.next } : {}),
  });
}
