import { z } from "zod";
import type { ShapeObject } from "../../checks/manifest.ts";
import { manifestSchema } from "./manifest.ts";
import { counted, sizeInWords } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";

const shape = z.object({ shape: manifestSchema.shape.shape });
const tables = z.object({ tables: manifestSchema.shape.tables, level: z.string() });
const integrity = z.object({ known: manifestSchema.shape.problems });
const named = z.object({ tables: z.array(z.string()) });
const disk = z.object({ needed: z.number(), what: z.string() });

/** "24 objects: 4 table, 9 index …". */
function byKind(objects: readonly ShapeObject[]): string {
  const kinds = new Map<string, number>();
  for (const { kind } of objects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const each = [...kinds].map(([kind, amount]) => `${amount} ${kind}`).join(", ");
  return `${counted(objects.length, "object")}, as in the backup's manifest: ${each}`;
}

/** What a person has to see where PostgreSQL's own judges would be green. */
export function mustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "postgres.tool":
      return ["a version not older than the server's"];
    case "postgres.preflight":
      return ["the database and server you mean; no standby, not read-only"];
    case "postgres.disk": {
      const { needed, what } = disk.parse(args);
      return [`at least ${sizeInWords(needed)} available for ${what}`];
    }
    case "postgres.needs":
      return ["every role and extension the dump names"];
    case "postgres.archive":
      return ["no message at all, and no error (echo $? gives 0)"];
    case "postgres.safety-copy":
      return ["two numbers: tables of the database, then at least as many in its dump"];
    case "postgres.shape":
      return [byKind(shape.parse(args).shape)];
    case "postgres.tables":
      return tables
        .parse(args)
        .tables.map(({ table, rows, sum }) => `${table}: rows ${rows}${sum === "" ? "" : `, sum ${sum}`}`);
    case "postgres.dump-rows":
      return ["as many rows in each table as the dump has lines for it"];
    case "postgres.integrity": {
      const known = integrity.parse(args).known.map((one) => `${one.problem}: ${one.name}`);
      return [
        'one line "looked" with a number above 0, and no line "problem"',
        ...known.map((line) => `except, as when the backup was taken: ${line}`),
      ];
    }
    case "postgres.named-tables":
      return named.parse(args).tables.map((table) => `${table}: rows above 0`);
    case "postgres.answer":
      return ["the answer is recorded; nothing is judged"];
    default:
      return [];
  }
}
