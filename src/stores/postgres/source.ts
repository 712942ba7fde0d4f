import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { manifestSchema, type Manifest } from "../../checks/manifest.ts";
import type { StoreContext } from "../store-kind.ts";
import type { PgFacts } from "./facts.ts";
import { preambleRepairs } from "./repairs.ts";
import type { RestoreSource } from "./restore-context.ts";

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
  refuseOtherOrigin(manifest, context);
  const plain = format.payload === "plain" ? head.toString("utf8") : "";
  const repairs =
    format.payload === "plain" ? preambleRepairs(plain, context.clientVersion, facts?.versionNum, 1) : [];
  return {
    path: backup.path,
    bytes: backup.bytes,
    format,
    manifest,
    repairs,
    roles: manifest?.roles ?? [],
    extensions: manifest?.shape.filter((o) => o.kind === "extension").map((o) => o.name) ?? [],
    madeBy: /^-- Dumped by pg_dump version (.+)$/m.exec(plain)?.[1],
  };
}

function readManifest(raw: unknown, path: string | undefined): Manifest | undefined {
  if (raw === undefined) return undefined;
  const parsed = manifestSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw refuse("the manifest beside the backup cannot be read", path ?? "?", z.prettifyError(parsed.error));
}

/** A dump of another system must not come back as this one's data. */
function refuseOtherOrigin(manifest: Manifest | undefined, context: StoreContext): void {
  if (!manifest) return;
  if (manifest.system === context.system && manifest.store === context.id) return;
  const why = `its manifest says it is ${manifest.system}/${manifest.store}, environment ${manifest.environment}`;
  throw refuse("this backup belongs to another system", manifest.artifact.file, why);
}
