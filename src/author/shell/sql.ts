const PARTS: readonly [RegExp, string][] = [
  [/pg_terminate_backend|pg_cancel_backend/i, "ends the sessions"],
  [/^\s*(?:drop|create)\s+database\b/i, "drops and creates the database"],
  [/^\s*(?:drop|create)\s+schema\b/i, "empties the database"],
  [/^\s*(?:revoke|grant)\s+connect\b|allow_connections/i, "keeps new sessions out"],
  [/^\s*(?:analyze|vacuum)\b/i, "collects statistics"],
];

/** What SQL does: a part of a restore in words, "reads", or "unknown". All of its statements have to be alike harmless. */
export function kindOfSql(sql: string): string {
  const statements = sql
    .split(/;\s*(?:\n|$)|;\s+/)
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const kinds = statements.map(
    (text) => PARTS.find(([pattern]) => pattern.test(text))?.[1] ?? (reads(text) ? "reads" : "unknown"),
  );
  if (kinds.length === 0 || kinds.includes("unknown")) return "unknown";
  return kinds.find((kind) => kind !== "reads") ?? "reads";
}

const reads = (text: string): boolean =>
  /^(?:select|show|with|explain|table|\\[dl])/i.test(text) &&
  !/\b(?:insert|update|delete|setval|nextval|pg_promote|pg_reload)\b/i.test(text);

/** Tables whose rows a query counts: `SELECT count(*) FROM "User"` gives "User". */
export function tablesCounted(sql: string): string[] {
  const found = [
    ...sql.matchAll(
      /count\s*\(\s*(?:\*|1)\s*\)(?:\s+as\s+\w+)?\s+from\s+((?:"[^"]+"|[\w.]+))\s*(?:;|$|\n|\))/gi,
    ),
  ];
  return [...new Set(found.map((match) => (match[1] ?? "").replaceAll('"', "")))].filter(
    (name) => !/^(?:information_schema|pg_)/i.test(name),
  );
}
