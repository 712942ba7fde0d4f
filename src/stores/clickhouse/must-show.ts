import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";

const tables = z.object({
  tables: z.array(z.object({ table: z.string(), rows: z.string(), sum: z.string() })),
});
const shape = z.object({ schemas: z.array(z.object({ table: z.string(), columns: z.array(z.unknown()) })) });
const named = z.object({ tables: z.array(z.string()) });
const disk = z.object({ needed: z.number() });

/** What a person has to see where ClickHouse's own judges would be green. */
export function mustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "clickhouse.preflight":
      return ["the server and database you mean; none of the tables has an engine Replicated…"];
    case "clickhouse.tool":
      return ["a version"];
    case "clickhouse.schema-file":
      return ["one CREATE TABLE query, its engine not Replicated…"];
    case "clickhouse.disk":
      return [`at least ${sizeInWords(disk.parse(args).needed)} available`];
    case "clickhouse.shape":
      return shape
        .parse(args)
        .schemas.map(
          ({ table, columns }) =>
            `${table}: ${counted(columns.length, "column")}, and its engine, as in the backup's manifest`,
        );
    case "clickhouse.tables":
      return tables.parse(args).tables.map(({ table, rows, sum }) => `${table}: rows ${rows}, sum ${sum}`);
    case "clickhouse.files":
      return ["as many rows in each table as its file holds, and the columns of the file"];
    case "clickhouse.named-tables":
      return named.parse(args).tables.map((table) => `${table}: rows above 0`);
    case "clickhouse.answer":
      return ["the answer is recorded; nothing is judged"];
    default:
      return [];
  }
}
