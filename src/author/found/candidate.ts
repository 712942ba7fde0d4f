import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import type { ComposeFile, ComposeService } from "../look/compose-file.ts";
import type { StoreGuess } from "../store-guess.ts";

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

/** The candidate a command speaks of: by its subject or its container, else the first of its kind. */
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
  return (
    ofKind.find(
      ({ service }) =>
        service !== undefined &&
        places.some((place) => place === service.name || place === service.container),
    ) ?? ofKind[0]
  );
}

const subjects = ({ said, service, file }: Candidate): string[] => [
  ...said.flatMap(({ subject }) => subject ?? []),
  ...Object.keys(service?.volumes ?? {}).flatMap((key) => [key, file?.volumes[key] ?? key]),
];

/** "shop_uploads" is the volume "uploads" of the project "shop". */
const sameName = (a: string, b: string | undefined): boolean =>
  b !== undefined && (a === b || a.endsWith(`_${b}`) || b.endsWith(`_${a}`));
