export interface Repair {
  /** A sed expression that deletes the line. */
  expression: string;
  /** What is left out and why, for people. */
  drops: string;
}

/** Settings pg_dump writes into its preamble, and the server version that first knows them. */
const SETTING_SINCE: Readonly<Record<string, number>> = {
  transaction_timeout: 170_000,
  default_toast_compression: 140_000,
  default_table_access_method: 120_000,
};

/** psql releases that know \restrict (August 2025), by major version. */
const RESTRICT_SINCE: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

export function knowsRestrict(psqlVersion: string): boolean {
  const match = /(\d+)\.(\d+)/.exec(psqlVersion);
  const [major, minor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  const since = RESTRICT_SINCE[major];
  return major >= 18 || (since !== undefined && minor >= since);
}

/** Lines before the first statement that makes something. */
function preamble(head: string): { line: number; text: string }[] {
  const lines = head.split("\n").map((text, index) => ({ line: index + 1, text: text.replace(/\r$/, "") }));
  const end = lines.findIndex(({ text }) => /^(CREATE|ALTER|DROP|COPY|INSERT|COMMENT|GRANT)\b/.test(text));
  return end < 0 ? lines : lines.slice(0, end);
}

/**
 * Lines of a plain dump's preamble that this psql or this server refuses, by exact match and line number; never
 * anything after the preamble. `offset`: lines put in front of the dump. What is dropped is always said.
 */
export function preambleRepairs(
  head: string,
  psqlVersion: string,
  serverVersionNum: number | undefined,
  offset: number,
): Repair[] {
  const repairs: Repair[] = [];
  if (head.startsWith("\uFEFF")) {
    // Three bytes, since sed is run with LC_ALL=C. psql passes over it only at the very start of its input.
    repairs.push({
      expression: `${1 + offset}s/^...//`,
      drops: "a byte order mark, which Windows programs put there",
    });
  }
  for (const { line, text } of preamble(head)) {
    const setting = /^SET (\w+) = [^;]*;$/.exec(text)?.[1];
    const since = setting === undefined ? undefined : SETTING_SINCE[setting];
    if (since !== undefined && serverVersionNum !== undefined && serverVersionNum < since) {
      repairs.push({
        expression: `${line + offset}d`,
        drops: `"${text}" (this server is older and does not know it)`,
      });
    }
    const token = /^\\restrict (\w+)$/.exec(text)?.[1];
    if (token !== undefined && !knowsRestrict(psqlVersion)) {
      repairs.push({
        expression: `${line + offset}d`,
        drops: `"\\restrict" and "\\unrestrict" (this psql is older and does not know them)`,
      });
      repairs.push({ expression: `/^\\\\unrestrict ${token}$/d`, drops: "" });
    }
  }
  return repairs;
}
