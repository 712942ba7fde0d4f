import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { shellLine, shellWord } from "../../base/quote.ts";
import { counted } from "../../base/size.ts";
import type { InfluxdbConnection } from "../../runbook/store-kinds/influxdb-connection.ts";
import type { BackupMaker } from "../backup-maker.ts";
import type { StoreInput } from "../store-kind.ts";
import { ask, influx, script } from "./client.ts";
import { factsIn } from "./restore-context.ts";
import { exists, type InfluxFacts } from "./facts.ts";
import { manifestSchema, type FieldSum } from "./manifest.ts";
import { parseShape, shapeStatements } from "./shape.ts";
import { compactedBackup, define } from "./shell.ts";
import { parseWindows, UNTIL, windowStatements, windowsOf } from "./windows.ts";

const FORMATS = ["portable", "portable.tar.gz"];

const contents = z.object({ sums: manifestSchema.shape.sums, windows: manifestSchema.shape.windows });

/**
 * Counts and sums are asked before the backup and once more after it: what is equal both times was so while it was taken.
 * InfluxDB has no snapshot in which both could be done. Points that are newer than the beginning are not counted, so
 * that what writes the present does not matter.
 */
function commandsOf(
  connection: InfluxdbConnection,
  facts: InfluxFacts,
  path: string,
  format: string,
  nonce: string,
) {
  const { database } = connection;
  const statements = windowStatements(windowsOf(facts.shards, database), UNTIL);
  const folder = format === "portable" ? path : `${path}.folder`;
  const questions = [
    `questions() { sed "s/${UNTIL}/$until/" <<'QUESTIONS' | ${shellLine(influx(connection, "json", database))}`,
    statements === "" ? "SHOW DATABASES" : statements,
    "QUESTIONS",
    "}",
  ];
  const [at, into] = [shellWord(folder), shellWord(path)];
  const packed =
    format === "portable"
      ? []
      : [`tar -C ${at} -cf - . | gzip -1 > ${into}`, `gunzip -c ${into} | tar -t > /dev/null`];
  const token = `lifeboat-backed-up-${nonce}`;
  return [
    ask(connection, shapeStatements(database, policiesOf(facts))),
    script(
      connection,
      [
        ...define(connection, ["backup"]),
        ...questions,
        `until=$(date +%s)000000000`,
        `printf '%s\\n' "$until"`,
        "questions",
        ...compactedBackup(shellWord(database), at),
        "questions",
        ...packed,
      ],
      token,
    ),
  ];
}

const nameOf = (windows: readonly { policy: string }[], one: FieldSum): string =>
  `${windows[one.window]?.policy ?? "?"}.${one.measurement}`;

const texts = (sums: readonly FieldSum[]): Set<string> => new Set(sums.map((one) => JSON.stringify(one)));

/** Measurements whose numbers changed meanwhile. */
function movingIn(
  windows: readonly { policy: string }[],
  before: readonly FieldSum[],
  after: readonly FieldSum[],
): string[] {
  const [first, second] = [texts(before), texts(after)];
  const changed = [
    ...before.filter((one) => !second.has(JSON.stringify(one))),
    ...after.filter((one) => !first.has(JSON.stringify(one))),
  ];
  return [...new Set(changed.map((one) => nameOf(windows, one)))].sort();
}

/** Policies that have shards: others have no fields. */
const policiesOf = ({ shards, database }: InfluxFacts): string[] =>
  [...new Set(shards.filter((one) => one.database === database).map(({ policy }) => policy))].sort();

/** Without its shards nothing could be counted, and a manifest that counts nothing would be no proof. */
function known(input: StoreInput): InfluxFacts {
  const facts = factsIn(input.facts);
  if (facts && exists(facts)) return facts;
  throw new LifeboatError(EXIT.failed, {
    what: facts ? `there is no database ${facts.database}` : "the server cannot be asked",
    where: input.connection.address,
    ...(input.unreachable === undefined ? {} : { why: input.unreachable }),
    changed: "nothing",
    next: "correct server, port, user, password or database in system.yaml or the environment",
  });
}

/** Portable backups, as a folder or a tar.gz of it. */
export const influxdbBackups = (connectionOf: (input: StoreInput) => InfluxdbConnection): BackupMaker => ({
  formats: FORMATS,
  formatByName: (path) => (/\.(?:tar\.gz|tgz)$/.test(path) ? "portable.tar.gz" : "portable"),
  make: (input, { path, format, nonce }) => {
    const connection = connectionOf(input);
    const { database } = connection;
    const facts = known(input);
    return {
      commands: commandsOf(connection, facts, path, format, nonce),
      readBack: [],
      cleanUp: [{ argv: ["rm", "-rf", `${path}.folder`], env: {}, secrets: {} }],
      manifest: ({ printed }) => {
        const [shape = "", told = ""] = printed;
        const [until = "", before = "", after = ""] = told.split("\n");
        const windows = windowsOf(facts.shards, database);
        const { policies, objects } = parseShape(shape, policiesOf(facts));
        const here = (one: { database: string }): boolean => one.database === database;
        const isFilled = windows.length > 0;
        const sums = isFilled ? parseWindows(after) : [];
        return {
          server: { version: facts.version, hostname: facts.hostname },
          bytes: facts.bytes[database] ?? 0,
          database,
          until,
          policies,
          shape: objects,
          queries: facts.queries.filter(here).map(({ name, query }) => ({ name, query })),
          grants: facts.grants.filter(here).map(({ user, privilege }) => ({ user, privilege })),
          windows,
          sums,
          moving: isFilled ? movingIn(windows, parseWindows(before), sums) : [],
        };
      },
    };
  },
  words: (manifest) => {
    const { sums, windows } = contents.parse(manifest);
    const values = sums.reduce((sum, one) => sum + BigInt(one.values), 0n);
    const measurements = new Set(sums.map((one) => nameOf(windows, one))).size;
    return `${counted(measurements, "measurement")}, ${counted(values, "value")}`;
  },
});
