import { z } from "zod";

/** One index of a collection, as the server lists it and without what only says where it lies. */
export type Index = { name: string; [option: string]: unknown };

export interface CollectionMetadata {
  /** collection, view or timeseries. */
  type: string;
  /** The name as it is, where that of the file is only an encoding of it. */
  name: string | undefined;
  options: Record<string, unknown>;
  indexes: Index[];
}

const indexSchema = z.looseObject({ name: z.string() });
const metadataSchema = z.looseObject({
  type: z.string().default("collection"),
  collectionName: z.string().optional(),
  options: z.looseObject({}).default({}),
  indexes: z.array(indexSchema).default([]),
});

const NUMBERS = ["$numberInt", "$numberLong", "$numberDouble"];

/** Extended JSON with its numbers as numbers, as mongosh prints it when it is not asked for more. */
export function relaxed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relaxed);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && NUMBERS.includes(first[0]) && typeof first[1] === "string") {
    const number = Number(first[1]);
    return Number.isFinite(number) ? number : value;
  }
  if (entries.length === 1 && first?.[0] === "$date") return { $date: moment(first[1]) };
  return Object.fromEntries(entries.map(([key, one]) => [key, relaxed(one)]));
}

/** The text of a .metadata.json, or of the same in an archive; undefined when it is none. */
export function parseMetadata(text: string): CollectionMetadata | undefined {
  const parsed = metadataSchema.safeParse(relaxed(jsonOf(text)));
  if (!parsed.success) return undefined;
  const { type, collectionName, options, indexes } = parsed.data;
  return { type: typeOf(type, options), name: collectionName, options, indexes: indexes.map(bare) };
}

/** Written as a text or as a number of milliseconds, depending on who writes it. */
const moment = (date: unknown): unknown => (typeof date === "string" ? Date.parse(date) : relaxed(date));

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tools before 100.0 did not write the type. */
function typeOf(type: string, options: Record<string, unknown>): string {
  if ("viewOn" in options) return "view";
  return "timeseries" in options ? "timeseries" : type;
}

/** `ns` names the collection and `v` the format: both change in a restore without meaning anything. */
function bare({ ns: _ns, v: _v, ...index }: Index): Index {
  return { ...index, name: index.name };
}
