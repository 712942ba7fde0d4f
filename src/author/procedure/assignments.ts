import { type Action, UNKNOWN } from "../shell/action.ts";
import { parseStatement } from "../shell/words.ts";
import type { ActionPiece, Piece } from "./piece.ts";

interface Assignment {
  names: string[];
  values: Record<string, string>;
  text: string;
}

/**
 * Steps are started one by one and share no variables: a statement that only sets some is put in front of those that
 * read them, and stays as a comment where it stood.
 */
export function withAssignments(pieces: readonly Piece[]): Piece[] {
  const known: Assignment[] = [];
  return pieces.map((piece): Piece => {
    if (piece.kind !== "action") return piece;
    const assignment = assignmentOf(piece);
    if (assignment !== undefined) {
      known.push(assignment);
      return { kind: "note", text: piece.text, from: piece.from, to: piece.to };
    }
    return withKnown(piece, known);
  });
}

function assignmentOf({ text, action }: ActionPiece): Assignment | undefined {
  if (action.kind !== "unknown") return undefined;
  const { pipelines, isPlain } = parseStatement(text.replace(/^\s*export\s+/, ""));
  const simples = pipelines.flat();
  if (!isPlain || simples.length === 0 || simples.some(({ words }) => words.length > 0)) return undefined;
  const values: Record<string, string> = Object.fromEntries(
    simples.flatMap(({ assigns }) => Object.entries(assigns)),
  );
  return { names: Object.keys(values), values, text: text.trim() };
}

const reads = (text: string, name: string): boolean => new RegExp(`\\$\\{?${name}\\b`).test(text);

function withKnown(piece: ActionPiece, known: readonly Assignment[]): ActionPiece {
  const { action, text } = piece;
  if (action.kind === "restore" || action.kind === "backup" || action.kind === "part") {
    const file = action.kind === "restore" ? action.store.file : action.file;
    const filled = file === undefined ? undefined : fill(file, known);
    if (filled === undefined || filled === file) return piece;
    return {
      ...piece,
      action:
        action.kind === "restore"
          ? { ...action, store: { ...action.store, file: filled } }
          : { ...action, file: filled },
    };
  }
  if (!["unknown", "reads", "by-hand", "http"].includes(action.kind)) return piece;
  const before = known.filter(({ names }) => names.some((name) => reads(text, name)));
  if (before.length === 0) return piece;
  const { argv: _argv, ...rest } = piece;
  const shell: Action = action.kind === "http" ? UNKNOWN : action;
  return { ...rest, action: shell, text: [...before.map((one) => one.text), text].join("\n") };
}

/** A file name with the variables that the procedure itself has set; the last value counts. */
function fill(file: string, known: readonly Assignment[]): string {
  return known.reduceRight(
    (text, { values }) =>
      Object.entries(values).reduce(
        (left, [name, value]) =>
          left.replaceAll(new RegExp(`\\$\\{${name}\\}|\\$${name}\\b`, "g"), () => value),
        text,
      ),
    file,
  );
}
