import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import { guess, type Value } from "../draft.ts";
import type { EnvFile } from "../look/env-file.ts";
import { slug } from "../words.ts";
import { type Around, type Fields, UNSURE } from "./around.ts";
import type { Candidate } from "./candidate.ts";
import { s3 } from "./s3-fields.ts";
import {
  fromService,
  publishedPort,
  reference,
  saidOf,
  secretFromService,
  urlVariableIn,
  variableIn,
} from "./settings.ts";

/** Where a store is, as its kind's keys. */
export function connectionFields(candidate: Candidate, around: Around): Fields {
  return MAKERS[candidate.kind](candidate, around);
}

const MAKERS: Record<StoreKindName, (candidate: Candidate, around: Around) => Fields> = {
  postgres,
  mongodb,
  redis,
  s3,
  clickhouse,
  influxdb,
  volume,
};

function postgres(candidate: Candidate, around: Around): Fields {
  const { env } = around;
  const url = urlVariableIn(env, /^postgres(?:ql)?/) ?? saidOf(candidate, "urlVariable");
  const user =
    fromService(candidate, ["POSTGRES_USER"]) ??
    envReference(env, [/^(?:POSTGRES|DB|DATABASE|PG)_?USER(?:NAME)?$/]) ??
    saidOf(candidate, "user");
  const database =
    candidate.database ??
    fromService(candidate, ["POSTGRES_DB"]) ??
    envReference(env, [/^(?:POSTGRES|DB|DATABASE|PG)_?(?:DB|NAME|DATABASE)$/]) ??
    saidOf(candidate, "subject") ??
    (candidate.service === undefined ? undefined : user);
  const variable = variableIn(env, [/^(?:POSTGRES|DB|DATABASE|PG)_?PASS(?:WORD)?$/]);
  const password =
    secretFromService(candidate, ["POSTGRES_PASSWORD"]) ??
    asReference(variable ?? saidOf(candidate, "passwordVariable"));
  const hasParts =
    candidate.service !== undefined ||
    variableIn(env, [/^(?:POSTGRES|DB|DATABASE|PG)_?(?:HOST|NAME|DB)$/]) !== undefined ||
    around.isThere;
  if (url !== undefined && (candidate.service === undefined || !hasParts)) return { url: `\${${url}}` };
  if (!hasParts && database === undefined)
    return {
      url: guess(
        "${DATABASE_URL}",
        `${UNSURE}; it is the variable that holds postgresql://user:password@server:port/database`,
      ),
    };
  return {
    ...serverFields(candidate, around, "5432", /^(?:POSTGRES|DB|DATABASE|PG)_?(HOST|PORT)$/),
    user: user ?? guess("postgres", UNSURE),
    password:
      password ??
      guess("${DATABASE_PASSWORD}", "set this variable; where no password is needed, remove the line"),
    database: database ?? guess(slug(around.system).replaceAll("-", "_"), UNSURE),
  };
}

function mongodb(candidate: Candidate, around: Around): Fields {
  const { env } = around;
  const database =
    candidate.database ??
    fromService(candidate, ["MONGO_INITDB_DATABASE"]) ??
    envReference(env, [/^MONGO(?:DB)?_?(?:DB|DATABASE|DB_NAME)$/]) ??
    saidOf(candidate, "subject");
  const url = urlVariableIn(env, /^mongodb/) ?? saidOf(candidate, "urlVariable");
  if (url !== undefined && candidate.service === undefined)
    return { url: `\${${url}}`, ...(database === undefined ? {} : { database }) };
  const user =
    fromService(candidate, ["MONGO_INITDB_ROOT_USERNAME", "MONGODB_ROOT_USER"]) ??
    envReference(env, [/^MONGO(?:DB)?_?(?:ROOT_)?USER(?:NAME)?$/]) ??
    saidOf(candidate, "user");
  const variable = variableIn(env, [/^MONGO(?:DB)?_?(?:ROOT_)?PASS(?:WORD)?$/]);
  const password =
    secretFromService(candidate, ["MONGO_INITDB_ROOT_PASSWORD", "MONGODB_ROOT_PASSWORD"]) ??
    asReference(variable ?? saidOf(candidate, "passwordVariable"));
  return {
    ...serverFields(candidate, around, "27017", /^MONGO(?:DB)?_?(HOST|PORT)$/),
    ...(user === undefined
      ? {}
      : { user, password: password ?? guess("${MONGO_PASSWORD}", "set this variable") }),
    database: database ?? guess(slug(around.system), UNSURE),
  };
}

function redis(candidate: Candidate, around: Around): Fields {
  const { env } = around;
  const url = urlVariableIn(env, /^rediss?$/);
  if (url !== undefined && candidate.service === undefined && !around.isThere) return { url: `\${${url}}` };
  const variable = variableIn(env, [/^REDIS_?PASS(?:WORD)?$/]);
  const inCommand = secretFromService(candidate, ["REDIS_PASSWORD", "REDISCLI_AUTH"]);
  const password = inCommand ?? asReference(variable ?? saidOf(candidate, "passwordVariable"));
  return {
    ...serverFields(candidate, around, "6379", /^REDIS_?(HOST|PORT)$/),
    ...(password === undefined ? {} : { password }),
  };
}

function clickhouse(candidate: Candidate, around: Around): Fields {
  const { env } = around;
  const user =
    fromService(candidate, ["CLICKHOUSE_USER"]) ??
    envReference(env, [/^CLICKHOUSE_?USER(?:NAME)?$/]) ??
    saidOf(candidate, "user");
  const variable = variableIn(env, [/^CLICKHOUSE_?PASS(?:WORD)?$/]);
  const password =
    secretFromService(candidate, ["CLICKHOUSE_PASSWORD"]) ??
    asReference(variable ?? saidOf(candidate, "passwordVariable"));
  const database =
    candidate.database ??
    fromService(candidate, ["CLICKHOUSE_DB"]) ??
    envReference(env, [/^CLICKHOUSE_?(?:DB|DATABASE)$/]) ??
    saidOf(candidate, "subject");
  return {
    ...serverFields(candidate, around, "9000", /^CLICKHOUSE_?(HOST|TCP_PORT)$/),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    database: database ?? guess(slug(around.system).replaceAll("-", "_"), UNSURE),
  };
}

function influxdb(candidate: Candidate, around: Around): Fields {
  const { env } = around;
  const database =
    candidate.database ??
    fromService(candidate, ["INFLUXDB_DB"]) ??
    envReference(env, [/^INFLUX(?:DB)?_?(?:DB|DATABASE)$/]) ??
    saidOf(candidate, "subject");
  const user =
    fromService(candidate, ["INFLUXDB_ADMIN_USER"]) ??
    envReference(env, [/^INFLUX(?:DB)?_?(?:ADMIN_)?USER(?:NAME)?$/]);
  const variable = variableIn(env, [/^INFLUX(?:DB)?_?(?:ADMIN_)?PASS(?:WORD)?$/]);
  const password =
    secretFromService(candidate, ["INFLUXDB_ADMIN_PASSWORD"]) ??
    asReference(variable ?? saidOf(candidate, "passwordVariable"));
  const isTwo = /:2/.test(candidate.service?.image ?? "");
  const name = database ?? slug(around.system).replaceAll("-", "_");
  return {
    ...serverFields(candidate, around, "8086", /^INFLUX(?:DB)?_?(HOST|PORT)$/),
    ...(user === undefined
      ? {}
      : { user, password: password ?? guess("${INFLUXDB_PASSWORD}", "set this variable") }),
    database: isTwo
      ? guess(name, "the image is InfluxDB 2; Lifeboat restores InfluxDB 1.x only")
      : database === undefined
        ? guess(name, UNSURE)
        : name,
  };
}

function volume(candidate: Candidate, { project }: Around): Fields {
  const key = Object.keys(candidate.service?.volumes ?? {})[0];
  const said = saidOf(candidate, "subject");
  if (said !== undefined) return { volume: said };
  if (key === undefined) return { volume: guess("data", UNSURE) };
  const own = candidate.file?.volumes[key] ?? key;
  return {
    volume:
      own !== key || project === undefined
        ? own
        : guess(`${project}_${key}`, "compose puts the project's name before it: see docker volume ls"),
  };
}

/** Server and port: published on this machine, localhost beside the server, or what the env files name. */
function serverFields(candidate: Candidate, { env, isThere }: Around, port: string, names: RegExp): Fields {
  if (isThere) return inside(candidate, port);
  const published = publishedPort(candidate, port);
  if (published !== undefined) return { server: "localhost", port: portOf(published) };
  const hostName = variableIn(env, [new RegExp(names.source.replace(/\((\w+)\|\w+\)/, "$1"))]);
  const portName = variableIn(env, [new RegExp(names.source.replace(/\(\w+\|(\w+)\)/, "$1"))]);
  const server =
    hostName === undefined ? (saidOf(candidate, "server") ?? "localhost") : reference(env, hostName);
  const given = portName === undefined ? saidOf(candidate, "port") : reference(env, portName);
  return { server, ...(given === undefined ? {} : { port: portOf(given) }) };
}

/** Beside its server, what the procedure's commands say there: it need not listen where servers of its kind do. */
function inside(candidate: Candidate, usual: string): Fields {
  const said = candidate.said.filter(({ places = [] }) => places.some(({ kind }) => kind !== "sudo"));
  const server = saidOf({ ...candidate, said }, "server");
  const port = saidOf({ ...candidate, said }, "port");
  const isOwn = candidate.kind === "redis" && /^(?:localhost|127\.0\.0\.1)$/.test(server ?? "");
  return {
    ...(server === undefined || isOwn ? {} : { server }),
    ...(port === undefined || port === usual ? {} : { port: portOf(port) }),
  };
}

const asReference = (variable: string | undefined): string | undefined =>
  variable === undefined ? undefined : `\${${variable}}`;

const portOf = (port: string): Value => (/^\d+$/.test(port) ? Number(port) : port);

const envReference = (env: readonly EnvFile[], patterns: readonly RegExp[]): string | undefined => {
  const name = variableIn(env, patterns);
  return name === undefined ? undefined : reference(env, name);
};
