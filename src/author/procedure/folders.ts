import type { Piece } from "./piece.ts";

const ELSEWHERE = /\b(?:ssh|exec|su|run|attach|rsh|-i|-s)\b/;

/** A procedure is typed into one terminal: a `cd` holds until the next one, also for the blocks below it. */
export function withFolders(pieces: readonly Piece[]): Piece[] {
  let folder: string | undefined;
  return pieces.map((piece): Piece => {
    if (piece.kind === "note" && piece.goesTo !== undefined) folder = joined(folder, piece.goesTo);
    if (piece.kind !== "action") return piece;
    // Whoever has logged in elsewhere, or into a container, is in another folder.
    if (piece.action.kind === "by-hand" && ELSEWHERE.test(piece.text)) folder = undefined;
    return folder === undefined ? piece : { ...piece, folder };
  });
}

const joined = (folder: string | undefined, goesTo: string): string =>
  folder === undefined || /^[/~$]/.test(goesTo) ? goesTo : `${folder}/${goesTo}`;
