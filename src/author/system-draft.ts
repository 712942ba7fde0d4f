import type { LookResult } from "./look/look-result.ts";
import { type Draft, guess, type SystemDraft, type Value } from "./draft.ts";
import { KIND_TITLES, type StoreGuess } from "./store-guess.ts";
import type { Candidate } from "./found/candidate.ts";
import { backupsOf } from "./found/backups.ts";
import { connectionFields } from "./found/connection.ts";
import { findCandidates } from "./found/find-candidates.ts";
import { Hosts } from "./found/hosts.ts";

/** What a person answered, or what was taken instead. */
export interface Answers {
  name: string;
  title: string;
  environment: string;
  rto: string;
  rpo: string;
  /** Which answers are guesses: their keys. */
  guessed: ReadonlySet<"title" | "environment" | "rto" | "rpo">;
  /** Names of the stores to leave out. */
  leaveOut: ReadonlySet<string>;
}

/** A store as it will be written. */
export interface WrittenStore {
  candidate: Candidate;
  fields: Record<string, Value>;
}

export interface Estate {
  look: LookResult;
  stores: WrittenStore[];
  hosts: Hosts;
}

/** The stores and hosts that were found, ready to be written; `env` files are given relative to the system's folder. */
export function makeEstate(
  look: LookResult,
  answers: Answers,
  said: readonly StoreGuess[],
  sizes: Readonly<Record<string, Record<string, string>>>,
): Estate {
  const hosts = new Hosts(look.compose.map(({ path }) => path).slice(0, 1));
  const found = findCandidates(look, said).filter(({ name }) => !answers.leaveOut.has(name));
  const candidates = found.length > 0 ? found : [NONE];
  const stores = candidates.map((candidate): WrittenStore => {
    const host = hosts.ofStore(candidate);
    const project = candidate.file === undefined ? undefined : (candidate.file.project ?? answers.name);
    const sameKind = candidates.filter(({ kind }) => kind === candidate.kind).length;
    const title =
      candidate.kind === "volume"
        ? `Volume ${candidate.name}`
        : `${answers.title}: ${KIND_TITLES[candidate.kind]}${sameKind > 1 ? ` ${candidate.name}` : ""}`;
    return {
      candidate,
      fields: {
        kind: candidate.kind,
        title,
        ...(host === undefined ? {} : { host }),
        ...connectionFields(candidate, {
          system: answers.name,
          env: look.env,
          isThere: host !== undefined,
          project,
        }),
        backups: backupsOf(candidate, look, sameKind, sizes[candidate.kind]),
      },
    };
  });
  return { look, stores, hosts };
}

const NONE: Candidate = { name: "database", kind: "postgres", from: "", said: [] };

export interface Extras {
  comment: string[];
  objectives: Record<string, Value>;
  storeObjectives: Readonly<Record<string, Record<string, Value>>>;
  /** How long a store's backups are kept. */
  storeKeeps: Readonly<Record<string, Value>>;
  /** Comment lines for a store, e.g. its retention and schedule. */
  storeNotes: Readonly<Record<string, string[]>>;
  notes: string[];
}

/** The whole of system.yaml. */
export function systemDraft(
  estate: Estate,
  answers: Answers,
  env: readonly string[],
  extras: Extras,
): SystemDraft {
  const mark = (key: "environment" | "rto" | "rpo", value: string, why: string): Value =>
    answers.guessed.has(key) ? guess(value, why) : value;
  const stores = estate.stores.map(({ candidate, fields }): [string, Draft] => {
    const own = extras.storeObjectives[candidate.name];
    const keep = extras.storeKeeps[candidate.name];
    const { backups, ...rest } = fields;
    return [
      candidate.name,
      {
        comment: [
          candidate.from === ""
            ? "check: nothing was found; change the kind, if it is another"
            : `found in ${candidate.from}`,
          ...(extras.storeNotes[candidate.name] ?? []),
        ],
        fields: {
          ...rest,
          ...(own === undefined ? {} : { objectives: own }),
          ...(keep === undefined ? {} : { keep }),
          ...(backups === undefined ? {} : { backups }),
        },
      },
    ];
  });
  return {
    name: answers.name,
    comment: extras.comment,
    title: answers.title,
    environment: mark("environment", answers.environment, "a drill refuses what is production"),
    env: [...env],
    objectives: {
      rto: mark("rto", answers.rto, "how long recovery may take"),
      rpo: mark("rpo", answers.rpo, "how much time's worth of writes may be lost"),
      ...extras.objectives,
    },
    hosts: estate.hosts.drafts,
    stores: Object.fromEntries(stores),
    notes: extras.notes,
  };
}
