import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { inspectArtifact } from "../catalog/inspect.ts";
import { type Manifest, manifestPath } from "../checks/manifest.ts";
import type { Launch } from "../hosts/launcher.ts";
import type { Connection } from "../runbook/connection.ts";
import { dumpCommand, type DumpFormat } from "../stores/postgres/dump-script.ts";
import { manifestFrom } from "../stores/postgres/dump-manifest.ts";
import { hintFor } from "./hints.ts";

export interface BackupRequest {
  system: string;
  store: string;
  environment: string;
  connection: Connection;
  format: DumpFormat;
  /** Where the artifact goes; must not exist. */
  path: string;
  time: Date;
  jobs: number;
  nonce: string;
}

/**
 * Dumps a database and writes the manifest beside it. The artifact gets its name only when it is whole, was read back and
 * its manifest is on disk, so a half-written backup is never found as one.
 * @throws exit 20 naming what failed; nothing is left behind then.
 */
export async function takeBackup(request: BackupRequest, launch: Launch): Promise<Manifest> {
  const partial = `${request.path}.partial`;
  const token = `lifeboat-dumped-${request.nonce}`;
  mkdirSync(dirname(request.path), { recursive: true });
  rmSync(partial, { recursive: true, force: true });
  try {
    const client = { connection: request.connection, applicationName: "lifeboat backup" };
    const result = await launch(dumpCommand(client, request.format, partial, request.jobs, token), {
      effect: "reversible",
    });
    const dumped = result.exit === 0 && result.stdout.split("\n").includes(token);
    if (!dumped) throw failed(request, result.stderr.trim() || `psql exit ${result.exit ?? result.signal}`);
    const report = await inspectArtifact(partial);
    const bad = report.results.filter((r) => r.result === "fail");
    if (bad.length > 0) throw failed(request, bad.map((r) => r.why ?? r.name).join("; "));
    if (!request.format.startsWith("plain")) await readBack(request, partial, launch);
    const artifact = {
      file: request.path,
      format: request.format,
      bytes: report.bytes,
      sha256: report.sha256,
    };
    const manifest = manifestFrom(result.stdout, {
      system: request.system,
      store: request.store,
      environment: request.environment,
      database: request.connection.database,
      takenAt: request.time.toISOString(),
      artifact,
    });
    publish(request, partial, manifest);
    return manifest;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

/** pg_restore reads every member to its end, so that a restore may rely on the manifest's sha256. */
async function readBack(request: BackupRequest, path: string, launch: Launch): Promise<void> {
  const argv = ["pg_restore", "-f", "/dev/null", path];
  const { exit, stderr } = await launch({ argv, env: {}, secrets: {} }, { effect: "reads" });
  if (exit !== 0) throw failed(request, `it cannot be read back: ${stderr.trim()}`);
}

function publish(request: BackupRequest, partial: string, manifest: Manifest): void {
  // The manifest first: an artifact is never seen without it.
  writeFileSync(manifestPath(request.path), `${JSON.stringify(manifest, null, 1)}\n`);
  utimesSync(partial, request.time, request.time);
  renameSync(partial, request.path);
}

function failed(request: BackupRequest, why: string): LifeboatError {
  const hint = hintFor(why);
  return new LifeboatError(EXIT.failed, {
    what: `the backup of ${request.connection.database} failed`,
    where: request.path,
    why: hint ? `${why} (likely: ${hint.likely})` : why,
    changed: "nothing: the unfinished file was removed",
    ...(hint ? { next: hint.next } : {}),
  });
}
