import { z } from "zod";
import { counted } from "../../base/size.ts";
import { tableSumSchema } from "../../checks/manifest.ts";
import type { PostgresConnection } from "../../runbook/store-kinds/postgres-connection.ts";
import type { BackupMaker } from "../backup-maker.ts";
import type { StoreInput } from "../store-kind.ts";
import { partsFrom } from "./dump-manifest.ts";
import { DUMP_FORMATS, dumpCommand, type DumpFormat } from "./dump-script.ts";

const contents = z.object({ tables: z.array(tableSumSchema) });

function formatByName(path: string): DumpFormat {
  if (path.endsWith(".sql.gz")) return "plain.gz";
  if (path.endsWith(".sql")) return "plain";
  if (path.endsWith(".tar")) return "tar";
  return path.endsWith(".dir") ? "directory" : "custom";
}

/** One pg_dump, described in its own snapshot. `connectionOf` narrows the store's connection. */
export const postgresBackups = (connectionOf: (input: StoreInput) => PostgresConnection): BackupMaker => ({
  formats: DUMP_FORMATS,
  formatByName,
  make: (input, { path, format, jobs, nonce }) => {
    const connection = connectionOf(input);
    const client = { connection, applicationName: "lifeboat backup" };
    const known = DUMP_FORMATS.find((one) => one === format) ?? formatByName(path);
    return {
      commands: [dumpCommand(client, known, path, jobs, `lifeboat-dumped-${nonce}`)],
      // pg_restore reads every member to its end, so that a restore may rely on the manifest's sha256.
      readBack: known.startsWith("plain")
        ? []
        : [{ argv: ["pg_restore", "-f", "/dev/null", path], env: {}, secrets: {} }],
      manifest: ({ printed }) => partsFrom(printed[0] ?? "", connection.database),
    };
  },
  words: (manifest) => {
    const { tables } = contents.parse(manifest);
    const rows = tables.reduce((sum, table) => sum + BigInt(table.rows), 0n);
    return `${counted(tables.length, "table")}, ${counted(rows, "row")}`;
  },
});
