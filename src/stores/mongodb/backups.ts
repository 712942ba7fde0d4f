import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { dumpFactsSchema } from "../../catalog/mongodb/dumped.ts";
import { inWords } from "../../catalog/mongodb/read-archive.ts";
import type { ManifestParts } from "../../checks/manifest.ts";
import type { MongodbConnection } from "../../runbook/store-kinds/mongodb.ts";
import type { BackupEvidence, BackupMaker } from "../backup-maker.ts";
import type { StoreInput } from "../store-kind.ts";
import { type Client, clientSecrets, toolLine } from "./client.ts";
import { factsIn, ownCollections, parseFacts } from "./facts.ts";
import { askFacts } from "./facts-script.ts";
import { manifestSchema } from "./manifest.ts";
import { isOurs } from "./names.ts";

const FORMATS = ["archive.gz", "archive", "directory.gz", "directory"] as const;

function formatByName(path: string): (typeof FORMATS)[number] {
  if (path.endsWith(".gz")) return "archive.gz";
  if (path.endsWith(".archive")) return "archive";
  return path.endsWith(".dir") ? "directory" : "directory.gz";
}

/** mongodump's arguments. What earlier runs have kept aside is no part of the data. */
export function dumpArguments(
  { connection }: Client,
  { path, format, leftOut }: { path: string; format: string; leftOut: readonly string[] },
): string[] {
  const { database, collection } = connection;
  return [
    `--db=${database}`,
    ...(collection === undefined
      ? leftOut.map((name) => `--excludeCollection=${name}`)
      : [`--collection=${collection}`]),
    ...(format.endsWith(".gz") ? ["--gzip"] : []),
    // With a space instead of "=" the archive would go to standard output.
    format.startsWith("archive") ? `--archive=${path}` : `--out=${path}`,
  ];
}

function parts(connection: MongodbConnection, evidence: BackupEvidence): ManifestParts {
  const before = parseFacts(evidence.printed[0] ?? "");
  const { dump } = z.object({ dump: dumpFactsSchema }).parse(evidence.facts);
  const collections = dump.collections.filter(({ database }) => database === connection.database);
  const names = new Set(collections.map(({ name }) => name));
  const wanted =
    connection.collection === undefined
      ? ownCollections(before).map(({ name }) => name)
      : [connection.collection];
  const missing = wanted.filter((name) => !names.has(name));
  if (missing.length > 0)
    throw new LifeboatError(EXIT.failed, {
      what: `the backup of ${connection.database} is not whole`,
      why: `these collections were there and are not in it: ${missing.join(", ")}`,
      changed: "nothing: the unfinished file was removed",
    });
  return manifestSchema
    .pick({ server: true, bytes: true, database: true, collection: true, users: true, collections: true })
    .parse({
      server: { version: before.version, server: before.server, tool: dump.tool },
      bytes: collections.reduce((sum, { bytes }) => sum + bytes, 0),
      database: connection.database,
      collection: connection.collection ?? null,
      users: { in: false, out: before.users },
      collections,
    });
}

/** One mongodump; its manifest is read from the dump itself, and agrees with it whatever was written meanwhile. */
export const mongodbBackups = (connectionOf: (input: StoreInput) => MongodbConnection): BackupMaker => ({
  formats: FORMATS,
  formatByName,
  make: (input, { path, format }) => {
    const connection = connectionOf(input);
    const client: Client = { connection, appName: "lifeboat backup" };
    const leftOut = (factsIn(input.facts)?.collections ?? []).map(({ name }) => name).filter(isOurs);
    const dump = toolLine(client, "mongodump", dumpArguments(client, { path, format, leftOut }));
    return {
      commands: [
        askFacts(client, connection.database),
        { argv: ["sh", "-c", dump], env: {}, secrets: clientSecrets(client) },
      ],
      readBack: [],
      manifest: (evidence) => parts(connection, evidence),
    };
  },
  words: (manifest) => inWords(manifestSchema.shape.collections.parse(manifest["collections"])),
});
