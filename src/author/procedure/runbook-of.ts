import { withIds } from "../default-runbooks.ts";
import type { RunbookDraft } from "../draft.ts";
import { type Made, manualStep } from "../steps/make.ts";
import { restoreStep } from "../steps/restore.ts";
import type { Estate } from "../system-draft.ts";
import { oneLine } from "../../base/one-line.ts";
import { Names, plainWords, slug, verbatim } from "../words.ts";
import { intoOf, type Restore, restoresOf } from "./absorb.ts";
import type { Span } from "./blocks.ts";
import { bringUpCount } from "./bring-up.ts";
import { markOptional, nameSteps, type Phase } from "./phase.ts";
import type { ActionPiece, Piece } from "./piece.ts";
import type { ReadScenario } from "./read-procedure.ts";
import type { Source } from "./source.ts";
import { stepOfAction } from "./step-of-action.ts";
import { warningStep, warningWords } from "./warning.ts";

/** What is collected while a scenario's pieces become steps. */
interface Work {
  steps: Made[];
  before: string[];
  /** Comment lines that wait for the step they stand above. */
  waiting: string[];
  lead: Span | undefined;
  phase: Phase | undefined;
  done: Set<Restore>;
}

interface Context {
  scenario: ReadScenario;
  source: Source;
  estate: Estate;
  system: string;
  restores: Map<ActionPiece, Restore>;
}

/** One scenario of a procedure as a runbook. */
export function runbookOf(
  scenario: ReadScenario,
  source: Source,
  estate: Estate,
  system: string,
  fileNames: Names,
): RunbookDraft {
  const context = { scenario, source, estate, system, restores: restoresOf(scenario.pieces, estate.stores) };
  const work: Work = {
    steps: [],
    before: [],
    waiting: [],
    lead: undefined,
    phase: undefined,
    done: new Set(),
  };
  for (const piece of scenario.pieces) place(piece, work, context);
  if (work.phase !== undefined) nameSteps(work.phase);
  const count = bringUpCount(work.steps, estate);
  const ids = new Names();
  const [bringUp, steps] = [work.steps.slice(0, count), work.steps.slice(count)].map((made) =>
    withIds(made, ids),
  );
  const name = slug(scenario.title.replaceAll(/\([^)]*\)|\b(?:procedures?|the|a|an|from|of)\b/gi, " "), 32);
  return {
    name: fileNames.take(name, "recovery"),
    comment: [`Made from ${source.name}:${scenario.line}, "${scenario.title}".`, ...work.waiting],
    title: verbatim(oneLine(scenario.title, 80)),
    scenario: verbatim(scenarioLine(scenario, source)),
    beforeYouStart: work.before.map(verbatim),
    bringUp: bringUp ?? [],
    steps: steps ?? [],
  };
}

/** The first running text before anything is done, when it is short. */
function scenarioLine({ pieces, title, line }: ReadScenario, source: Source): string {
  const first = pieces.findIndex(({ kind }) => kind === "action" || kind === "manual" || kind === "phase");
  const text = pieces
    .slice(0, first < 0 ? undefined : first)
    .find(
      (piece) =>
        piece.kind === "note" &&
        piece.isText === true &&
        !/\b(?:rto|rpo|size|updated|reviewed|version)\b/i.test(piece.text),
    );
  const words = text?.kind === "note" ? plainWords(text.text).replaceAll(/\s+/g, " ") : "";
  return words.length > 10 && words.length <= 140
    ? words.replace(/[.:]$/, "")
    : `${title}, as ${source.name}:${line} describes it`;
}

function place(piece: Piece, work: Work, context: Context): void {
  const { source } = context;
  switch (piece.kind) {
    case "phase":
      if (work.phase !== undefined) nameSteps(work.phase);
      work.phase = { title: piece.title, steps: [] };
      work.waiting.push(`---- ${piece.heading} (${source.at(piece)})`);
      return;
    case "before":
      work.before.push(...beforeLines(piece.text));
      return;
    case "lead":
      work.lead = piece;
      return;
    case "note":
      work.waiting.push(...source.comment(piece));
      return;
    case "warning":
      return warn(piece, work, context);
    case "manual":
      return add(work, on(piece, manualStep(piece.title, piece.text), source), source);
    case "action":
      return act(piece, work, context);
  }
}

const beforeLines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => plainWords(line.replace(/^- (?:\[ \] )?/, "")))
    .filter((line) => line !== "");

/** Before anything is done a warning is told with the rest; later it has to be answered. */
function warn(piece: Extract<Piece, { kind: "warning" }>, work: Work, { source, system }: Context): void {
  const isFirst = work.steps.every(({ fields }) => fields["kind"] === "manual") && work.done.size === 0;
  if (!isFirst)
    return add(work, { ...warningStep(piece.text, system), comment: source.comment(piece) }, source);
  work.before.push(warningWords(piece.text));
  work.waiting.push(...source.comment(piece));
}

function act(piece: ActionPiece, work: Work, context: Context): void {
  const { source, restores, estate, system, scenario } = context;
  const restore = restores.get(piece);
  // A fixed wait is never run: what is waited for is asked.
  if (restore === undefined && piece.action.kind === "part" && /^\s*sleep\b/.test(piece.text)) {
    work.waiting.push(...source.comment(piece));
  } else if (restore === undefined) {
    const made = stepOfAction(piece, {
      estate,
      system,
      topic: scenario.topic,
      isAfterRestore: work.done.size > 0,
    });
    markOptional(made, piece.lead);
    add(work, on(piece, made, source), source);
  } else if (restore.at === piece) {
    work.done.add(restore);
    const made = restoreStep(restore.store, restore.tables, intoOf(restore));
    markOptional(made, piece.lead);
    add(
      work,
      { ...made, comment: [...source.comment(piece), ...filtered(piece), ...takenOver(restore, source)] },
      source,
    );
  }
}

/** Lifeboat loads a dump as it is. */
function filtered({ action }: ActionPiece): string[] {
  if (action.kind !== "restore" || action.filter === undefined) return [];
  return [`check: the procedure sends the dump through ${action.filter} first; Lifeboat loads it as it is`];
}

/** The commands of the procedure that a restore stands for. */
function takenOver({ parts }: Restore, source: Source): string[] {
  if (parts.length === 0) return [];
  const sorted = parts.toSorted((a, b) => a.piece.from - b.piece.from);
  const lines = sorted.flatMap(({ piece, does }) => [
    `${source.at(piece)}: ${does}`,
    ...source.quote(piece).map((line) => `  ${line}`),
  ]);
  return [
    "This one step does these, too, in an order that keeps the old data until the new is proven:",
    ...lines.filter((line) => line.trim() !== ""),
  ];
}

/** A step with where it comes from above it; the lines, too, unless they stand in it as they are. */
function on(piece: Span, made: Made, source: Source): Made {
  const { title, instructions, sql, run } = made.fields;
  const script = Array.isArray(run) && run.includes("-c") ? run.at(-1) : undefined;
  const texts = [title, instructions, sql, script].filter((text) => typeof text === "string");
  return { ...made, comment: [...source.commentOn(piece, texts.join("\n")), ...made.comment] };
}

function add(work: Work, made: Made, source: Source): void {
  const title = String(made.fields["title"] ?? "");
  const lead = work.lead === undefined ? [] : source.commentOn(work.lead, title);
  // The title is the lead: its place alone says nothing more.
  const isSaid = lead.length === 1 && !lead[0]?.includes(": ");
  const step = { ...made, comment: [...work.waiting, ...(isSaid ? [] : lead), ...made.comment] };
  work.waiting = [];
  work.lead = undefined;
  work.steps.push(step);
  work.phase?.steps.push(step);
}
