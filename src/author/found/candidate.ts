import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import type { ComposeFile, ComposeService } from "../look/compose-file.ts";
import type { StoreGuess } from "../store-guess.ts";
import { isCopyName, plainFromService, saidOf, SERVERS_OWN } from "./settings.ts";

/** A store that was found somewhere, before it is written down. */
export interface Candidate {
  name: string;
  kind: StoreKindName;
  /** Where it was found, for people. */
  from: string;
  service?: ComposeService;
  file?: ComposeFile;
  /** What the procedure's commands say of it. */
  said: StoreGuess[];
  /** One of several databases of the same server: its name. */
  database?: string;
}

const ORDER: readonly StoreKindName[] = [
  "postgres",
  "s3",
  "mongodb",
  "clickhouse",
  "influxdb",
  "volume",
  "redis",
];

/** What everything else refers to comes first; what can be lost comes last. */
export const inOrder = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));

/**
 * The candidate a command speaks of: by its subject or its container, else the first of its kind. None for a database
 * that is another one than all that are known: its backups must never be taken for theirs.
 */
export function candidateOf(candidates: readonly Candidate[], guess: StoreGuess): Candidate | undefined {
  const ofKind = candidates.filter(({ kind }) => kind === guess.kind);
  if (guess.kind === "volume" || guess.kind === "s3")
    return (
      ofKind.find((one) => subjects(one).some((subject) => sameName(subject, guess.subject))) ??
      (guess.subject === undefined || ofKind.every((one) => subjects(one).length === 0)
        ? ofKind[0]
        : undefined)
    );
  const places = (guess.places ?? []).flatMap((place) =>
    place.kind === "docker" ? [place.container] : place.kind === "compose" ? [place.service] : [],
  );
  const there = ofKind.filter(
    ({ service }) =>
      service !== undefined && places.some((place) => place === service.name || place === service.container),
  );
  return ofDatabase(there.length > 0 ? there : ofKind, guess);
}

function ofDatabase(candidates: readonly Candidate[], guess: StoreGuess): Candidate | undefined {
  const [first] = candidates;
  const wanted = guess.subject;
  if (wanted === undefined || !/^[A-Za-z_][\w-]*$/.test(wanted) || SERVERS_OWN.test(wanted)) return first;
  const known = candidates.map((one) => ({ one, name: databaseOf(one) }));
  const own = known.find(({ name }) => name === wanted) ?? known.find(({ name }) => name === undefined);
  if (own !== undefined) return own.one;
  // The same file, or a name that says so: a copy of one that is known, made to be looked at.
  const loaded = known.find(({ one }) =>
    one.said.some(({ file }) => file !== undefined && file === guess.file),
  );
  if (loaded !== undefined) return loaded.one;
  if (!isCopyName(wanted)) return undefined;
  return (known.find(({ name }) => name !== undefined && wanted.includes(name)) ?? known[0])?.one;
}

const DATABASE_NAMES = ["POSTGRES_DB", "MONGO_INITDB_DATABASE", "CLICKHOUSE_DB", "INFLUXDB_DB"];

/** The name of a candidate's database, where it is known as more than a variable. */
export function databaseOf(candidate: Candidate): string | undefined {
  if (candidate.database !== undefined) return candidate.database;
  const said = saidOf(candidate, "subject");
  const name = plainFromService(candidate, DATABASE_NAMES) ?? said;
  return name === undefined || /[${}]/.test(name) || SERVERS_OWN.test(name) ? undefined : name;
}

const subjects = ({ said, service, file }: Candidate): string[] => [
  ...said.flatMap(({ subject }) => subject ?? []),
  ...Object.keys(service?.volumes ?? {}).flatMap((key) => [key, file?.volumes[key] ?? key]),
];

/** "shop_uploads" is the volume "uploads" of the project "shop". */
const sameName = (a: string, b: string | undefined): boolean =>
  b !== undefined && (a === b || a.endsWith(`_${b}`) || b.endsWith(`_${a}`));
