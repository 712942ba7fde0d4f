import { ident } from "./identifiers.ts";

export interface Column {
  name: string;
  type: string;
}

/** Types whose values cityHash64 of every version takes as they are; of Decimal, UUID … that of 18.16 knows nothing. */
const RAW =
  /^(U?Int(8|16|32|64)|Float(32|64)|Date|DateTime(\(.*\))?|Enum(8|16)\(.*\)|String|FixedString\(\d+\))$/;
const NUMBER = /^(U?Int(8|16|32|64)|Float(32|64))$/;

function isRaw(type: string): boolean {
  const inner = /^Array\((.*)\)$/.exec(type)?.[1];
  return inner === undefined ? RAW.test(type) : isRaw(inner);
}

/** A hash of anything with a NULL in it is NULL, and sum() leaves that row out (measured, 18.16 and 26): so never a NULL. */
function hashable({ name, type }: Column): string {
  const column = ident(name);
  if (isRaw(type)) return column;
  if (!/^(LowCardinality\()?Nullable\(/.test(type)) return `toString(${column})`;
  const isNumber = NUMBER.test(/^Nullable\((.*)\)$/.exec(type)?.[1] ?? "");
  return `isNull(${column}), ${isNumber ? `ifNull(${column}, 0)` : `ifNull(toString(${column}), '')`}`;
}

/** Sum of a hash of each row: the order of rows does not matter, every value and every duplicate does. */
export function contentSum(columns: readonly Column[]): string {
  return `sum(cityHash64(${columns.map(hashable).join(", ")}))`;
}
