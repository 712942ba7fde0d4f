import { z } from "zod";

/** A number as it was written: sums of integers may be larger than what a number holds. */
export interface Written {
  text: string;
}

const cell = z.union([
  z.string(),
  z.boolean(),
  z.null(),
  z.strictObject({ text: z.string() }),
  z.array(z.unknown()),
]);
const series = z.object({
  name: z.string().default(""),
  columns: z.array(z.string()),
  values: z.array(z.array(cell)).default([]),
});
const answerSchema = z.object({ results: z.array(z.object({ series: z.array(series).default([]) })) });
export type Series = z.infer<typeof series>;
type Cell = z.infer<typeof cell>;

/** Numbers as `Written`; only influx's own field names can hold a number elsewhere, and there they are texts. */
const asWritten = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" ? { text: context?.source ?? String(value) } : value;

/** What influx -format json printed: the series of each statement, in order. Throws for anything else. */
export function parseAnswer(stdout: string): Series[][] {
  const parsed: unknown = JSON.parse(stdout, asWritten);
  return answerSchema.parse(parsed).results.map((result) => result.series);
}

export const textOf = (value: Cell | undefined): string => {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  return Array.isArray(value) ? JSON.stringify(value) : value.text;
};

/** The rows of a series as records of texts. */
export function rowsOf({ columns, values }: Series): Record<string, string>[] {
  return values.map((row) => Object.fromEntries(columns.map((name, at) => [name, textOf(row[at])])));
}
