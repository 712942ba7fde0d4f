import { basename } from "node:path";
import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { counted } from "../../base/size.ts";
import { tableSumSchema } from "../../checks/manifest.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { BackupEvidence, BackupMaker, BackupRequest } from "../backup-maker.ts";
import type { StoreInput } from "../store-kind.ts";
import { defaultOf } from "./columns.ts";
import { countCommand, countingDatabase, countLive } from "./count-dump.ts";
import { backupFile, dumpFile, dumpFolder, type DumpInput } from "./dump.ts";
import { leftOut } from "./engines.ts";
import { type ChFacts, dataTables, factsSchema, isAtLeast } from "./facts.ts";
import { removeDatabase } from "./remove-database.ts";
import { nativeFile, tableOf } from "./table-files.ts";
import { jsonLines } from "./verify-judges.ts";

const FORMATS = ["native-directory", "native.gz", "backup"] as const;
type Format = (typeof FORMATS)[number];

const contents = z.object({ tables: z.array(tableSumSchema) });

function formatByName(path: string): Format {
  if (path.endsWith(".native.gz")) return "native.gz";
  return path.endsWith(".backup") ? "backup" : "native-directory";
}

const refuse = (what: string, path: string, why: string, next: string): LifeboatError =>
  new LifeboatError(EXIT.failed, { what, where: path, why, changed: "nothing", next });

const badDump = ({ database }: DumpInput, why: string): LifeboatError =>
  new LifeboatError(EXIT.failed, {
    what: `the backup of ${database} failed`,
    where: database,
    why,
    changed: "nothing: the unfinished file was removed",
    next: "take it again",
  });

/** What is dumped: every table with rows of its own, or the one the file is named for. */
function dumpInput(
  input: StoreInput,
  connection: ClickhouseConnection,
  { path, nonce }: BackupRequest,
  format: Format,
): DumpInput {
  const database = connection.subject;
  if (input.facts === undefined)
    throw refuse(
      `the backup of ${database} failed`,
      path,
      input.unreachable ?? "the server did not answer",
      "look whether the server runs, and whether user and password are right",
    );
  const facts = factsSchema.parse(input.facts);
  const all = dataTables(facts);
  const only = format === "native.gz" ? tableOf(basename(path, ".partial"), connection.files) : undefined;
  const tables = all.filter(({ name }) => only === undefined || name === only);
  if (tables.length === 0) {
    const why =
      only === undefined
        ? `${database} has no table with rows of its own`
        : `the file is named for a table ${only}, which ${database} does not have`;
    throw refuse(
      `the backup of ${database} failed`,
      path,
      why,
      "correct the name in the backup's path, or `files` of the store",
    );
  }
  if (format === "backup" && !isAtLeast(facts.version, 22, 8))
    throw refuse(
      `the backup of ${database} failed`,
      path,
      `ClickHouse ${facts.version} has no BACKUP: it came with 22.8`,
      "take it as Native files: --format native-directory",
    );
  return { connection, facts, database, tables, id: `lifeboat backup ${nonce}` };
}

const fileIn = (format: Format, table: string): string =>
  format === "native-directory" ? nativeFile(table) : "";

const readFile = z.object({ file: z.string().default(""), rows: z.number().nullable() });
const readFacts = z.union([
  z.object({ tables: z.array(readFile) }),
  readFile.transform((one) => ({ tables: [one] })),
]);

/** Two readers of the same file: the server, and our own. */
function disagreement(
  dump: DumpInput,
  format: Format,
  sums: z.infer<typeof contents>["tables"],
  facts: unknown,
): void {
  const seen = readFacts.safeParse(facts).data?.tables ?? [];
  for (const { table, rows } of sums) {
    const own = seen.find(({ file }) => file === fileIn(format, table))?.rows;
    if (own !== null && own !== undefined && String(own) !== rows)
      throw badDump(dump, `${table}: the server reads ${rows} rows in its file, and it holds ${own}`);
  }
}

function parts(dump: DumpInput, format: Format, { readBack, facts }: BackupEvidence) {
  const sums = z.array(tableSumSchema).parse(jsonLines(readBack[0] ?? ""));
  const missing = dump.tables.filter(({ name }) => !sums.some(({ table }) => table === name));
  if (missing.length > 0)
    throw badDump(dump, `nothing was counted of ${missing.map(({ name }) => name).join(", ")}`);
  disagreement(dump, format, sums, facts);
  const { version, host } = dump.facts;
  return {
    server: { version, host },
    bytes: dump.tables.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    database: dump.database,
    schemas: dump.tables.map(({ name, full, created, columns }) => ({
      table: name,
      file: fileIn(format, name),
      engine: full,
      create: created,
      columns: columns.map((column) => ({
        name: column.name,
        type: column.type,
        default: defaultOf(column),
      })),
    })),
    tables: sums,
    besides: besides(dump.facts, format),
  };
}

function besides(facts: ChFacts, format: Format) {
  if (format === "native.gz") return [];
  const withRows = new Set(dataTables(facts).map(({ name }) => name));
  const others = (facts.database?.tables ?? []).filter(({ name }) => !withRows.has(name));
  return others.map(({ name, engine, created }) => ({
    name,
    engine,
    create: created,
    why: leftOut(engine, name) ?? "it has no rows of its own",
  }));
}

export const clickhouseBackups = (
  connectionOf: (input: StoreInput) => ClickhouseConnection,
): BackupMaker => ({
  formats: FORMATS,
  formatByName,
  make: (input, request) => {
    const connection = connectionOf(input);
    const format = FORMATS.find((one) => one === request.format) ?? formatByName(request.path);
    const dump = dumpInput(input, connection, request, format);
    const { path, nonce } = request;
    const token = `lifeboat-dumped-${nonce}`;
    const scratch = countingDatabase(dump.database, nonce);
    const write = { "native-directory": dumpFolder, "native.gz": dumpFile, backup: backupFile }[format];
    return {
      commands: [write(dump, path, token)],
      readBack: [
        format === "backup"
          ? countLive(dump)
          : countCommand(dump, scratch, path, format === "native-directory"),
      ],
      ...(format === "backup" ? {} : { cleanUp: [removeDatabase(connection, scratch)] }),
      manifest: (evidence) => parts(dump, format, evidence),
    };
  },
  words: (manifest) => {
    const { tables } = contents.parse(manifest);
    const rows = tables.reduce((sum, table) => sum + BigInt(table.rows), 0n);
    return `${counted(tables.length, "table")}, ${counted(rows, "row")}`;
  },
});
