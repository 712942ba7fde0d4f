import { problemsInWords } from "../base/zod-words.ts";
import { z } from "zod";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Envelope } from "../checks/manifest.ts";
import type { BackupInput, StoreContext } from "./store-kind.ts";

const PRODUCTION = "production";

/** Exit 11: what was chosen cannot be restored here. */
export function refuseBackup(what: string, where: string, why: string): LifeboatError {
  return new LifeboatError(EXIT.preflight, {
    what,
    where,
    why,
    next: "choose another backup: lifeboat backups <system>",
  });
}

/** The chosen backup. Throws exit 11 when none was chosen. */
export function chosenBackup(context: StoreContext): BackupInput {
  if (context.backup) return context.backup;
  throw refuseBackup("no backup was chosen", context.id, "a restore needs one");
}

const MEANING: Partial<Record<string, string>> = {
  html: "it is a web page: the download was an error page or a login form",
  empty: "there is nothing in it",
  encrypted: "it is encrypted: decrypt it first",
};

/** Throws exit 11 when the bytes of the backup are none of the payloads that can be restored; `a` is "a Redis snapshot". */
export function refuseOtherFormat(
  { backup, format }: BackupInput,
  a: string,
  payloads: readonly string[],
): void {
  if (payloads.includes(format.payload)) return;
  const why = MEANING[format.payload] ?? format.why ?? `its bytes are ${format.payload}`;
  throw refuseBackup(`this is not ${a}`, backup.path, why);
}

/** The manifest beside the backup, by the kind's own schema; undefined when there is none. Throws exit 11 for an odd one. */
export function manifestBeside<M extends Envelope>(
  schema: z.ZodType<M>,
  { manifest, backup }: BackupInput,
): M | undefined {
  if (manifest === undefined) return undefined;
  const parsed = schema.safeParse(manifest);
  if (parsed.success) return parsed.data;
  throw refuseBackup(
    "the manifest beside the backup cannot be read",
    backup.manifest ?? "?",
    problemsInWords(parsed.error),
  );
}

/**
 * A backup of another system must not come back as this one's data, nor a staging's as production's. The other way round
 * is what a staging is filled with, so it is only said (`otherOriginNotes`).
 */
export function refuseOtherOrigin(manifest: Envelope | undefined, context: StoreContext): void {
  if (!manifest) return;
  const { system, store, environment, artifact } = manifest;
  // Not the path in the manifest: that is where it lay when it was taken.
  const where = context.backup?.backup.path ?? artifact.file;
  const why = `its manifest says it is ${system}/${store}, environment ${environment}`;
  if (system !== context.system || store !== context.id)
    throw refuseBackup("this backup belongs to another system", where, why);
  if (context.environment !== PRODUCTION || environment === PRODUCTION) return;
  throw new LifeboatError(EXIT.preflight, {
    what: `this is a backup of ${environment}, and ${context.system} is production`,
    where,
    why: `${why}; production's data would be replaced by that of ${environment}`,
    next: `choose a backup of production; if this one is really meant, write "environment": "production" into ${context.backup?.backup.manifest ?? "its manifest"}`,
  });
}

/** Said before the start, in the plan and in the report. */
export function otherOriginNotes(manifest: Envelope | undefined, context: StoreContext): string[] {
  if (!manifest || manifest.environment === context.environment) return [];
  const id = context.backup?.backup.id ?? "the backup";
  return [
    `${id} is a backup of ${manifest.environment}, and this system is ${context.environment}: its data, of real people perhaps, will be here`,
  ];
}
