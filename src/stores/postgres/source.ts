import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { manifestSchema, type Manifest } from "../../checks/manifest.ts";
import type { StoreContext } from "../store-kind.ts";
import type { PgFacts } from "./facts.ts";
import { preambleRepairs, type Repair } from "./repairs.ts";
import type { RestoreSource } from "./restore-context.ts";

const PRODUCTION = "production";
const RESTORABLE = ["plain", "custom", "directory", "tar"];

const refuse = (what: string, where: string, why: string): LifeboatError =>
  new LifeboatError(EXIT.preflight, {
    what,
    where,
    why,
    next: "choose another backup: lifeboat backups <system>",
  });

const MEANING: Partial<Record<string, string>> = {
  html: "it is a web page: the download was an error page or a login form",
  empty: "there is nothing in it",
  encrypted: "it is encrypted: decrypt it first",
};

/** The chosen backup as the steps need it. Throws exit 11 when it is nothing that can be restored. */
export function sourceOf(context: StoreContext, facts: PgFacts | undefined): RestoreSource {
  const input = context.backup;
  if (!input) throw refuse("no backup was chosen", context.id, "a restore needs one");
  const { backup, format, head } = input;
  if (!RESTORABLE.includes(format.payload)) {
    const reason =
      MEANING[format.payload] ??
      ("why" in format && typeof format.why === "string" ? format.why : "its bytes are no PostgreSQL dump");
    throw refuse("this is not a PostgreSQL backup", backup.path, reason);
  }
  if (format.wrapper !== "none" && format.payload === "tar") {
    throw refuse(
      "a compressed tar archive cannot be read by pg_restore",
      backup.path,
      "pg_restore needs to seek in a tar archive; unpack it first",
    );
  }
  const manifest = readManifest(input.manifest, backup.manifest);
  refuseOtherOrigin(manifest, context, backup.manifest);
  const plain = format.payload === "plain" ? head.toString("utf8") : "";
  const repairs =
    format.payload === "plain" ? preambleRepairs(plain, context.clientVersion, facts?.versionNum, 1) : [];
  return {
    path: backup.path,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    format,
    manifest,
    repairs,
    roles: manifest?.roles ?? [],
    extensions: manifest?.shape.filter((o) => o.kind === "extension").map((o) => o.name) ?? [],
    madeBy: /^-- Dumped by pg_dump version (.+)$/m.exec(plain)?.[1],
    notes: notesOn(backup.id, manifest, context, repairs),
  };
}

function readManifest(raw: unknown, path: string | undefined): Manifest | undefined {
  if (raw === undefined) return undefined;
  const parsed = manifestSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw refuse("the manifest beside the backup cannot be read", path ?? "?", z.prettifyError(parsed.error));
}

/**
 * A dump of another system must not come back as this one's data, nor a staging's as production's. The other way round
 * is what a staging is filled with, so it is only said.
 */
function refuseOtherOrigin(
  manifest: Manifest | undefined,
  context: StoreContext,
  path: string | undefined,
): void {
  if (!manifest) return;
  const { system, store, environment, artifact } = manifest;
  const why = `its manifest says it is ${system}/${store}, environment ${environment}`;
  if (system !== context.system || store !== context.id)
    throw refuse("this backup belongs to another system", artifact.file, why);
  if (context.environment !== PRODUCTION || environment === PRODUCTION) return;
  throw new LifeboatError(EXIT.preflight, {
    what: `this is a backup of ${environment}, and ${context.system} is production`,
    where: artifact.file,
    why: `${why}; production's data would be replaced by that of ${environment}`,
    next: `choose a backup of production; if this one is really meant, write "environment": "production" into ${path ?? "its manifest"}`,
  });
}

/** Said before the start, in the plan and in the report. */
function notesOn(
  id: string,
  manifest: Manifest | undefined,
  context: StoreContext,
  repairs: readonly Repair[],
): string[] {
  const dropped = repairs.flatMap(({ drops }) =>
    drops === "" ? [] : [`${id}: left out when restored: ${drops}`],
  );
  if (!manifest || manifest.environment === context.environment) return dropped;
  const other = `${id} is a backup of ${manifest.environment}, and this system is ${context.environment}: its data, of real people perhaps, will be here`;
  return [other, ...dropped];
}
