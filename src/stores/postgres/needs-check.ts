import { z } from "zod";
import { shellWord } from "../../base/quote.ts";
import type { Check, CheckResult, Judge } from "../../step/check.ts";
import { askFacts } from "./ask-facts.ts";
import { parseFacts } from "./facts.ts";
import { roleAndExtensionResults } from "./preflight.ts";
import type { RestoreContext } from "./restore-context.ts";

const READ = "@read";
const SEPARATOR = "@server";

/**
 * Without a manifest the roles and extensions a backup needs are only known once it is read: a plain dump's from the
 * reading of the artifact step, an archive's from what pg_restore would say.
 */
export function needsCheck(context: RestoreContext): Check {
  const { client, source, names, step } = context;
  const ask = askFacts(client, names.live);
  const unwrap = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" }[source.format.wrapper];
  const read =
    source.format.wrapper === "none"
      ? `pg_restore --schema-only -f - ${shellWord(source.path)}`
      : `${unwrap} < ${shellWord(source.path)} | pg_restore --schema-only -f -`;
  // The word behind it shows that the reader came to its end: what it could not read must not count as "names none".
  const lines =
    source.format.payload === "plain"
      ? `echo ${READ}; `
      : `{ ${read} && echo ${READ}; } | grep -E ' OWNER TO |^CREATE EXTENSION |^GRANT |^${READ}$'; `;
  return {
    title: "roles and extensions the backup needs",
    source: { ...ask, argv: ["sh", "-c", `${lines}echo ${SEPARATOR}; "$@"`, "sh", ...ask.argv] },
    judge: "postgres.needs",
    args: { artifactStep: `${step.id}.artifact`, owners: step.owners, database: names.live },
    onError: "fail",
  };
}

const unread: CheckResult = {
  name: "roles and extensions the backup needs",
  level: "other",
  result: "fail",
  why: "its table of contents could not be read",
  fix: "choose another backup",
};
const known = z.object({
  roles: z.array(z.string()),
  extensions: z.array(z.string()),
  database: z.string().optional(),
});

/** Nothing but a name tells an archive without a manifest from that of a neighbour. */
function originResults(of: string | undefined, database: string): CheckResult[] {
  if (of === undefined) return [];
  const result = {
    name: "the archive is of this database",
    level: "other" as const,
    expected: database,
    found: of,
  };
  if (of === database) return [{ ...result, result: "pass" }];
  const why = `it was made of a database named ${of}`;
  return [{ ...result, result: "warning", why, fix: "make sure that it is the backup you mean" }];
}

const unquote = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;

function namesIn(lines: string, pattern: RegExp): string[] {
  return [...lines.matchAll(pattern)].map((match) => unquote(match[1] ?? ""));
}

/** args: {artifactStep, owners, database}. */
export const judgeNeeds: Judge = (evidence, args, facts): CheckResult[] => {
  const { artifactStep, owners, database } = z
    .object({ artifactStep: z.string(), owners: z.enum(["keep", "skip"]), database: z.string() })
    .parse(args);
  const [lines = "", json = ""] = evidence.stdout.split(`${SEPARATOR}\n`);
  if (!lines.split("\n").includes(READ)) return [unread];
  const dump = known.safeParse(facts(artifactStep));
  const name = String.raw`("(?:[^"]|"")+"|[^\s;]+)`;
  const roles = [
    ...(dump.success ? dump.data.roles : []),
    ...namesIn(lines, new RegExp(` OWNER TO ${name};`, "g")),
    ...namesIn(lines, new RegExp(`^GRANT .* TO ${name}(?: WITH GRANT OPTION)?;$`, "gm")),
  ];
  const extensions = [
    ...(dump.success ? dump.data.extensions : []),
    ...namesIn(lines, new RegExp(`^CREATE EXTENSION (?:IF NOT EXISTS )?${name}`, "gm")),
  ];
  const wanted = {
    roles: owners === "skip" ? [] : [...new Set(roles)].filter((role) => role.toUpperCase() !== "PUBLIC"),
    extensions: [...new Set(extensions)],
  };
  return [
    ...originResults(dump.success ? dump.data.database : undefined, database),
    ...roleAndExtensionResults(parseFacts(json), wanted, "the backup names no roles and no extensions"),
  ];
};
