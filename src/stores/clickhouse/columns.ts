import type { Column } from "./content-sum.ts";

/** Columns that a dump holds and an INSERT takes: those computed from others are not among them. */
export const stored = <C extends { kind: string }>(columns: readonly C[]): C[] =>
  columns.filter(({ kind }) => kind === "" || kind === "DEFAULT");

/** "DEFAULT now()" or "". */
export const defaultOf = ({ kind, expression }: { kind: string; expression: string }): string =>
  `${kind} ${expression}`.trim();

/** The same of a manifest, where kind and expression are one text. */
export const storedByDefault = <C extends Column & { default: string }>(columns: readonly C[]): C[] =>
  columns.filter((column) => column.default === "" || column.default.startsWith("DEFAULT "));
