/** A secret that stood in a text and was not copied. */
export interface Hidden {
  /** The variable that is referred to instead. */
  name: string;
  /** Line of the text, from 1. */
  line: number;
}

/** What is no secret: a reference, a placeholder, a mask, a word that only stands for one. */
const STANDS_FOR_ONE =
  /^(?:\$|<|\{\{|\*+$|x{3,}$|\.\.\.|…|%|\[)|^(?:password|passwd|secret|your[-_ ]?\w*|change[-_]?me|example|placeholder|redacted|none|null|true|false|prompt|required)$|^your[-_]|[-_]here$/i;

const SECRET_NAME = String.raw`[A-Za-z][A-Za-z0-9_]*(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|SECRET_KEY|ACCESS_KEY|CREDENTIALS?)(?:_[A-Z0-9]+)?`;

interface Rule {
  pattern: RegExp;
  /** Groups: before, secret, after. */
  name: (before: string, line: string) => string;
}

const named =
  (fallback: string) =>
  (before: string): string => {
    const word = /([A-Za-z_][\w-]*)\W*$/.exec(before)?.[1] ?? "";
    const upper = word.replaceAll("-", "_").toUpperCase();
    return upper.length > 3 && /PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL/.test(upper) ? upper : fallback;
  };

/** By what the line is about; else by the word before it. */
const ofLine =
  (fallback: string) =>
  (before: string, line: string): string => {
    const word = named(fallback)(before);
    if (word !== "PASSWORD" && word !== "PASS" && word !== "PASSWD") return word;
    if (/psql|pg_|postgres|redis|valkey|mongo|clickhouse|influx|mysql|maria/i.test(line))
      return ofClient(before, line);
    return /curl|login|http/i.test(line) ? "LOGIN_PASSWORD" : "PROCEDURE_PASSWORD";
  };

const ofClient = (_before: string, line: string): string =>
  /redis|valkey/i.test(line)
    ? "REDIS_PASSWORD"
    : /mongo/i.test(line)
      ? "MONGO_PASSWORD"
      : /clickhouse/i.test(line)
        ? "CLICKHOUSE_PASSWORD"
        : /influx/i.test(line)
          ? "INFLUX_PASSWORD"
          : /mysql|maria/i.test(line)
            ? "MYSQL_PASSWORD"
            : "DATABASE_PASSWORD";

/** In quotes a secret ends with them, whatever it holds; without, where a shell or a sentence would end it. */
const valued = (before: string, bare: string, flags: string, name: Rule["name"]): Rule[] => [
  { pattern: new RegExp(`(${before}')([^'\\n]+)(')`, flags), name },
  { pattern: new RegExp(`(${before}")((?:[^"\\\\\\n]|\\\\.)+)(")`, flags), name },
  { pattern: new RegExp(`(${before}["']?)(${bare})()`, flags), name },
];

const SETS = String.raw`\b(?:${SECRET_NAME}|PGPASSWORD|REDISCLI_AUTH)\s*[=:]\s*`;
const WORD = String.raw`[^\s"'\`]+`;

const RULES: readonly Rule[] = [
  {
    pattern: /(:\/\/[^\s/:@"'`]*:)([^\s"'`]+)(@)/g,
    name: (before, line) => ofClient(before, before + line),
  },
  // A whole argument, or a whole line of an env file: nothing in it ends it.
  {
    pattern: new RegExp(String.raw`(["']${SETS})(${WORD})(?=["'](?:\s|$))()`, "gi"),
    name: ofLine("PASSWORD"),
  },
  {
    pattern: new RegExp(String.raw`(^\s*(?:export\s+|- )?${SETS})(${WORD})(?=\s*$)()`, "gi"),
    name: ofLine("PASSWORD"),
  },
  ...valued(SETS, String.raw`[^\s"'\`;,|&)]+`, "gi", ofLine("PASSWORD")),
  ...valued(
    String.raw`(?:^|\s)--?(?:password|pass|passphrase|secret-key|access-key|token|api-key)[= ]`,
    WORD,
    "gi",
    ofLine("PASSWORD"),
  ),
  ...valued(String.raw`\b(?:redis-cli|valkey-cli)\b[^|\n]*?\s-a\s+`, WORD, "g", () => "REDIS_PASSWORD"),
  ...valued(
    String.raw`\b(?:mysql|mysqldump|mariadb|mariadb-dump|mongo|mongosh|mongodump|mongorestore)\b[^|\n]*?\s-p\s?`,
    String.raw`(?!ort)[^\s"'\`-][^\s"'\`]*`,
    "g",
    ofClient,
  ),
  ...valued(
    String.raw`\bmc\s+(?:alias\s+set|config\s+host\s+add)\s+\S+\s+\S+\s+\S+\s+`,
    WORD,
    "g",
    () => "S3_SECRET_KEY",
  ),
  { pattern: /(\bcurl\b[^|\n]*\s(?:-u|--user)\s+'[^\s:"']+:)([^'\n]+)(')/g, name: () => "HTTP_PASSWORD" },
  { pattern: /(\bcurl\b[^|\n]*\s(?:-u|--user)\s+"[^\s:"']+:)([^"\n]+)(")/g, name: () => "HTTP_PASSWORD" },
  { pattern: /(\bcurl\b[^|\n]*\s(?:-u|--user)\s+["']?[^\s:"']+:)([^\s"']+)()/g, name: () => "HTTP_PASSWORD" },
  { pattern: /(\b(?:Bearer|Basic)\s+)([A-Za-z0-9._~+/=-]{8,})()/g, name: () => "HTTP_TOKEN" },
  {
    pattern: /("(?:password|passwd|secret|token|api_?key)"\s*:\s*")((?:[^"\\\n]|\\.)+)(")/gi,
    name: ofLine("PASSWORD"),
  },
  {
    pattern: /('(?:password|passwd|secret|token|api_?key)'\s*:\s*')([^'\n]+)(')/gi,
    name: ofLine("PASSWORD"),
  },
  {
    pattern:
      /(\b(?:password|passwd|passphrase|secret|token|api key)\b[*_]*\s*(?:is|:|=|\|)[*_]*\s*)`([^`\s]+)`()/gi,
    name: ofLine("PASSWORD"),
  },
  {
    pattern:
      /(\b(?:password|passwd|passphrase|secret|token|api key)\b[*_]*\s*(?:is|:|=|\|)[*_]*\s*["']?)((?=[^\s"'|]*[\d!@#$%^&])[^\s"'`|,]{6,})()/gi,
    name: ofLine("PASSWORD"),
  },
  { pattern: /(\bIDENTIFIED\s+BY\s+'|\bPASSWORD\s+')([^']+)(')/gi, name: () => "DATABASE_PASSWORD" },
  { pattern: /(hooks\.slack\.com\/services\/)([A-Za-z0-9/]+)()/g, name: () => "SLACK_WEBHOOK_SECRET" },
  { pattern: /()(\b(?:AKIA|ASIA)[A-Z0-9]{16}\b)()/g, name: () => "AWS_ACCESS_KEY_ID" },
  {
    pattern: /()(\bgh[pousr]_[A-Za-z0-9]{20,}\b|\bxox[abp]-[A-Za-z0-9-]{10,}|\bsk_live_\w{10,})()/g,
    name: () => "API_TOKEN",
  },
];

/** The text with `${NAME}` in place of each secret; lines stay lines. */
export function hideSecrets(text: string): { text: string; hidden: Hidden[] } {
  const hidden: Hidden[] = [];
  const lines = text.split("\n").map((line, at) =>
    RULES.reduce(
      (left, { pattern, name }) =>
        left.replace(pattern, (all: string, before: string, secret: string, after: string) => {
          if (STANDS_FOR_ONE.test(secret)) return all;
          const variable = name(before, line);
          hidden.push({ name: variable, line: at + 1 });
          return `${before}\${${variable}}${after}`;
        }),
      line,
    )
      // In single quotes a shell would not fill it in.
      .replaceAll(/'(\$\{[A-Z_]+\})'/g, '"$1"'),
  );
  return { text: lines.join("\n"), hidden };
}
