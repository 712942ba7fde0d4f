import { z } from "zod";

const KINDS = ["missing", "extra", "size", "content", "unknown", "same"] as const;
type Kind = (typeof KINDS)[number];

/** What `comparison` of script.ts printed. */
export interface Compared {
  /** By kind: how many, how many bytes, and the keys of the first of them. */
  of: Record<Kind, { number: number; bytes: number; keys: string[] }>;
  /** In the wanted list, in the one that was found. */
  wanted: number;
  found: number;
}

const empty = (): { number: number; bytes: number; keys: string[] } => ({ number: 0, bytes: 0, keys: [] });

const summary = z.tuple([z.enum(KINDS), z.coerce.number(), z.coerce.number()]);

/** undefined when the comparison did not come to its end. */
export function readComparison(text: string): Compared | undefined {
  const of: Compared["of"] = {
    missing: empty(),
    extra: empty(),
    size: empty(),
    content: empty(),
    unknown: empty(),
    same: empty(),
  };
  let summaries = 0;
  for (const line of text.split("\n")) {
    const told = line.startsWith("! ") ? summary.safeParse(line.slice(2).split(" ")) : undefined;
    if (told?.success === true) {
      const [kind, number, bytes] = told.data;
      Object.assign(of[kind], { number, bytes });
      summaries += 1;
      continue;
    }
    const [kind, key] = line.split("\t");
    const known = KINDS.find((one) => one === kind);
    if (known !== undefined && key !== undefined) of[known].keys.push(key);
  }
  if (summaries !== KINDS.length) return undefined;
  const both = of.size.number + of.content.number + of.unknown.number + of.same.number;
  return { of, wanted: both + of.missing.number, found: both + of.extra.number };
}
