import { basename } from "node:path";
import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import type { ComposeFile } from "../look/compose-file.ts";
import type { LookResult } from "../look/look-result.ts";
import { kindOfImage, STORE_NAMES, type StoreGuess } from "../store-guess.ts";
import { Names, slug } from "../words.ts";
import { isCopyName } from "./settings.ts";
import { type Candidate, candidateOf, inOrder } from "./candidate.ts";

const isCopy = ({ subject }: StoreGuess): boolean => subject !== undefined && isCopyName(subject);

/** Every store that the folder and the procedure speak of, in the order they are restored. */
export function findCandidates(look: LookResult, said: readonly StoreGuess[]): Candidate[] {
  const found: Candidate[] = look.compose.flatMap(ofCompose);
  for (const candidate of ofEnv(look))
    if (!found.some(({ kind }) => kind === candidate.kind)) found.push(candidate);
  // A copy that is made to be looked at is no store: what it is a copy of has to be known first.
  for (const guess of [...said.filter((one) => !isCopy(one)), ...said.filter(isCopy)]) {
    const known = candidateOf(found, guess);
    if (known === undefined) found.push(another(found, guess));
    else known.said.push(guess);
  }
  return named(inOrder(found));
}

/** A store that only the procedure speaks of: of another database it is where the first one of its kind is. */
function another(found: readonly Candidate[], guess: StoreGuess): Candidate {
  const from = { name: "", kind: guess.kind, from: "the procedure", said: [guess] };
  const beside = found.find(({ kind }) => kind === guess.kind);
  if (beside === undefined || guess.kind === "s3" || guess.kind === "volume" || guess.subject === undefined)
    return from;
  const { service, file } = beside;
  return {
    ...from,
    database: guess.subject,
    ...(service === undefined ? {} : { service }),
    ...(file === undefined ? {} : { file }),
  };
}

function ofCompose(file: ComposeFile): Candidate[] {
  const servers = file.services.flatMap((service): Candidate[] => {
    const kind = kindOfImage(service.image);
    return kind === undefined
      ? []
      : [{ name: "", kind, from: `${basename(file.path)}: ${service.name}`, service, file, said: [] }];
  });
  const theirs = new Set(servers.flatMap(({ service }) => Object.keys(service?.volumes ?? {})));
  const taken = new Set<string>();
  const volumes = file.services
    .filter(
      (service) =>
        kindOfImage(service.image) === undefined &&
        !/backup|exporter|prometheus|grafana|nginx|traefik|caddy|pgadmin/i.test(
          `${service.name} ${service.image}`,
        ),
    )
    .flatMap((service) =>
      Object.keys(service.volumes).flatMap((key): Candidate[] => {
        if (
          theirs.has(key) ||
          taken.has(key) ||
          /node_modules|cache|tmp|log|build|dist|static|certs/i.test(key)
        )
          return [];
        taken.add(key);
        const only = { ...service, volumes: { [key]: service.volumes[key] ?? "" } };
        return [
          {
            name: slug(key),
            kind: "volume",
            from: `${basename(file.path)}: volume ${key}`,
            service: only,
            file,
            said: [],
          },
        ];
      }),
    );
  return [...servers, ...volumes];
}

const SCHEMES: readonly [RegExp, StoreKindName][] = [
  [/^postgres(?:ql)?(?:\+\w+)?$/, "postgres"],
  [/^mongodb(?:\+srv)?$/, "mongodb"],
  [/^rediss?$/, "redis"],
  [/^clickhouse$/, "clickhouse"],
];

const NAMES: readonly [RegExp, StoreKindName][] = [
  [/^(?:POSTGRES|PG|DB|DATABASE)_?(?:HOST|NAME|DB|DATABASE|USER)$/, "postgres"],
  [/^MONGO(?:DB)?_?(?:HOST|DB|DATABASE|USER)$|^MONGO_INITDB_/, "mongodb"],
  [/^REDIS_?(?:HOST|PORT)$/, "redis"],
  [/^(?:S3|MINIO|AWS_S3)_?(?:ENDPOINT|BUCKET|BUCKET_NAME|URL)$/, "s3"],
  [/^CLICKHOUSE_?(?:HOST|DB|DATABASE|URL)$/, "clickhouse"],
  [/^INFLUX(?:DB)?_?(?:HOST|DB|DATABASE|URL)$/, "influxdb"],
];

/** DB_CONNECTION=mysql and the like: a database that Lifeboat has no store for. */
const isOtherDatabase = (values: Record<string, string | undefined>): boolean =>
  Object.entries(values).some(
    ([name, value]) =>
      /^(?:DB|DATABASE)_(?:CONNECTION|CLIENT|TYPE|DRIVER|ENGINE)$/.test(name) &&
      /mysql|maria|sqlite|mssql|oracle/i.test(value ?? ""),
  );

function ofEnv(look: LookResult): Candidate[] {
  const found = new Map<StoreKindName, Candidate>();
  for (const { path, values, urls } of look.env) {
    const kinds = [
      ...Object.entries(urls).map(
        ([name, { scheme }]) => [name, SCHEMES.find(([pattern]) => pattern.test(scheme))?.[1]] as const,
      ),
      ...Object.keys(values).map(
        (name) => [name, NAMES.find(([pattern]) => pattern.test(name))?.[1]] as const,
      ),
    ];
    for (const [name, kind] of kinds) {
      if (kind === undefined || found.has(kind) || (kind === "postgres" && isOtherDatabase(values))) continue;
      found.set(kind, { name: "", kind, from: `${basename(path)}: ${name}`, said: [] });
    }
  }
  return [...found.values()];
}

/** One of a kind is called for its kind; several for their services, buckets, volumes. */
function named(candidates: readonly Candidate[]): Candidate[] {
  const names = new Names();
  return candidates.map((candidate) => {
    const { kind, service, said } = candidate;
    const isOnly = candidates.filter((other) => other.kind === kind).length === 1;
    const subject = said.find(
      (guess) => guess.subject !== undefined && !/[${}<>]/.test(guess.subject),
    )?.subject;
    const own =
      kind === "volume"
        ? candidate.name || slug(subject ?? "")
        : isOnly
          ? ""
          : slug(candidate.database ?? service?.name ?? subject ?? "");
    return { ...candidate, name: names.take(own === "" ? STORE_NAMES[kind] : own, STORE_NAMES[kind]) };
  });
}
