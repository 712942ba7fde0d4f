import { useEnv } from "./use-env.ts";

/** Room for a screen's own lines. */
export interface Body {
  columns: number;
  rows: number;
  /** Whether there is an empty line under the top and above the keys. */
  airy: boolean;
}

/** What is left of a terminal for the body: never more than rows − 1 in all, because one row more would scroll. */
export function bodyOf(columns: number, rows: number): Body {
  const airy = rows >= 20;
  return { columns: Math.max(20, columns), rows: Math.max(1, rows - 1 - (airy ? 4 : 2)), airy };
}

export function useBody(): Body {
  const { size } = useEnv();
  return bodyOf(size.columns, size.rows);
}
