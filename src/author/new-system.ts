import { checksIn, type Check } from "./checks-in.ts";
import { defaultRunbooks } from "./default-runbooks.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import { guess, type NewFile, type RunbookDraft, type Value } from "./draft.ts";
import type { LookResult } from "./look/look-result.ts";
import { keepSaid } from "./procedure/keep-said.ts";
import type { Procedure } from "./procedure/read-procedure.ts";
import { runbookOf } from "./procedure/runbook-of.ts";
import { notKept } from "./procedure/source.ts";
import { type Answers, type Estate, makeEstate, systemDraft } from "./system-draft.ts";
import { Names } from "./words.ts";
import { runbookText, systemText } from "./yaml-text.ts";

export interface NewSystem {
  files: NewFile[];
  stores: { name: string; kind: string; from: string }[];
  /** How many steps each runbook has. */
  steps: Record<string, number>;
  checks: Check[];
  /** Stores that the procedure does not bring back: they got runbooks of Lifeboat's own. */
  notInProcedure: string[];
  /** Lines of the procedure that no step stands for and that are kept as comments in system.yaml. */
  kept: number;
}

/** The files of a new system; pure. `env` are its dotenv files, relative to its folder. */
export function newSystem(
  look: LookResult,
  answers: Answers,
  env: readonly string[],
  procedure: Procedure | undefined,
): NewSystem {
  const estate = makeEstate(look, answers, procedure?.stores ?? [], procedure?.settings.sizes ?? {});
  const { runbooks, notInProcedure } =
    procedure === undefined
      ? { runbooks: defaultRunbooks(estate, answers.name), notInProcedure: [] }
      : runbooksOf(procedure, estate, answers.name);
  const runbookFiles = runbooks.map((draft): NewFile => ({
    name: `${draft.name}.yaml`,
    text: runbookText(draft),
  }));
  const notes = procedure === undefined ? { notes: [], kept: 0 } : notesOf(procedure, runbookFiles);
  const system = systemText(
    systemDraft(estate, answers, env, {
      comment: headOf(answers, procedure),
      objectives: {},
      storeObjectives: storeObjectives(estate, procedure),
      storeKeeps: storeKeeps(estate, procedure),
      storeNotes: storeNotes(estate, procedure),
      notes: notes.notes,
    }),
  );
  const files = [{ name: "system.yaml", text: system }, ...runbookFiles];
  return {
    files,
    stores: estate.stores.map(({ candidate }) => ({
      name: candidate.name,
      kind: candidate.kind,
      from: candidate.from,
    })),
    steps: Object.fromEntries(
      runbooks.map((draft) => [draft.name, draft.bringUp.length + draft.steps.length]),
    ),
    checks: files.flatMap(checksIn),
    notInProcedure,
    kept: notes.kept,
  };
}

function headOf({ title }: Answers, procedure: Procedure | undefined): string[] {
  const from = procedure === undefined ? "" : ` from ${procedure.source.name}`;
  return [
    `${title}: made by lifeboat new${from}. Lines with "check:" are guesses: look at each, correct it, and remove the mark.`,
  ];
}

function runbooksOf(
  procedure: Procedure,
  estate: Estate,
  system: string,
): { runbooks: RunbookDraft[]; notInProcedure: string[] } {
  const names = new Names();
  names.take("system", "system");
  const own = procedure.scenarios.map((scenario) =>
    runbookOf(scenario, procedure.source, estate, system, names),
  );
  const restored = own.map(({ steps }) =>
    steps.filter(({ fields }) => fields["kind"] === "restore").map(({ fields }) => String(fields["store"])),
  );
  const missing = estate.stores
    .map(({ candidate }) => candidate.name)
    .filter((name) => !restored.flat().includes(name));
  const isWhole = estate.stores.length < 2 || restored.some((stores) => stores.length >= 2);
  const more = defaultRunbooks(estate, system)
    .filter(({ name }) => (name === "full-restore" ? !isWhole : missing.includes(name.replace(/-lost$/, ""))))
    .map((draft) => ({
      ...draft,
      name: names.take(draft.name, draft.name),
      comment: [`${procedure.source.name} does not say how; this is Lifeboat's own.`, ...draft.comment],
    }));
  return { runbooks: [...own, ...more], notInProcedure: missing };
}

/** What has no place in a step: reference text, secrets that were not copied, and at last every line nobody placed. */
function notesOf(procedure: Procedure, files: readonly NewFile[]): { notes: string[]; kept: number } {
  const { source, reference, hidden } = procedure;
  const secrets = [...new Set(hidden.map(({ name }) => name))].map((name) => {
    const lines = [...new Set(hidden.filter((one) => one.name === name).map(({ line }) => line))];
    return `check: ${source.name}:${lines.join(", ")} ${lines.length === 1 ? "holds" : "hold"} a secret itself; it is not copied: set ${name}, and change it where it was written down`;
  });
  const texts = files.map(({ text }) => text);
  const left = new Set(notKept(source, [...texts, ...secrets]));
  const spans = reference.flatMap((section) => {
    const last = Math.max(section.line, ...section.blocks.map(({ to }) => to));
    return { from: Math.max(1, section.line), to: last };
  });
  for (const { from, to } of spans) for (let line = from; line <= to; line += 1) left.add(line);
  const lines = [...left]
    .filter((line) => (source.lines[line - 1] ?? "").trim() !== "")
    .toSorted((a, b) => a - b);
  const quoted = runs(lines).flatMap(({ from, to }) => ["", ...source.comment({ from, to })]);
  const head =
    quoted.length === 0 ? [] : [`What ${source.name} says besides its steps; nothing of it is lost:`];
  return {
    notes: [...secrets, ...(secrets.length > 0 && head.length > 0 ? [""] : []), ...head, ...quoted],
    kept: lines.length,
  };
}

/** Lines that follow each other, over blank ones. */
function runs(lines: readonly number[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && line - last.to <= 2) last.to = line;
    else found.push({ from: line, to: line });
  }
  return found;
}

function storeObjectives(
  estate: Estate,
  procedure: Procedure | undefined,
): Record<string, Record<string, Value>> {
  const known = procedure?.settings.ofStores ?? {};
  return Object.fromEntries(
    estate.stores.flatMap(({ candidate }) => {
      const own = known[candidate.kind];
      return own === undefined ? [] : [[candidate.name, { ...own }] as const];
    }),
  );
}

/** What the procedure says of a store's kind, else what it says of backups as such. */
function storeKeeps(estate: Estate, procedure: Procedure | undefined): Record<string, Value> {
  const remarks = procedure?.settings.remarks ?? [];
  const saidOf = (kind: StoreKindName | undefined): ReturnType<typeof keepSaid> =>
    keepSaid(remarks.filter(({ of }) => of === kind).map(({ text }) => text));
  return Object.fromEntries(
    estate.stores.flatMap(({ candidate, fields }) => {
      const keep = saidOf(candidate.kind) ?? saidOf(undefined);
      if (keep === undefined || fields["backups"] === undefined) return [];
      return [[candidate.name, guess(keep, "how long its backups are kept, read from the lines above")]];
    }),
  );
}

/** Schedules stand at their store until a key for them exists, and retention as the team wrote it. */
function storeNotes(estate: Estate, procedure: Procedure | undefined): Record<string, string[]> {
  if (procedure === undefined) return {};
  const { source, settings } = procedure;
  return Object.fromEntries(
    estate.stores.map(({ candidate }, at) => {
      const own = settings.remarks.filter(
        ({ of }) => of === candidate.kind || (at === 0 && of === undefined),
      );
      const lines = own.map(({ text, line }) => `  ${source.name}:${line}: ${text}`);
      return [
        candidate.name,
        lines.length === 0 ? [] : ["schedule, for which there is no key yet, and retention:", ...lines],
      ];
    }),
  );
}
