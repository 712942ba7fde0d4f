import type { ActionPiece, Piece } from "./piece.ts";

/** A path where a backup is only put to be read: what it was made from is the backup. */
const ON_THE_WAY = /^(?:\.?\/)?(?:var\/)?tmp\b|^-$|restore|\/dev\/stdin/i;

/** A restore that reads what an earlier command has unpacked or copied is told of the backup itself. */
export function withFiles(pieces: readonly Piece[]): Piece[] {
  const sources: { file: string; kind: string | undefined }[] = [];
  return pieces.map((piece) => {
    if (piece.kind !== "action") return piece;
    const { action } = piece;
    if (action.kind === "part" && action.file !== undefined && !ON_THE_WAY.test(action.file))
      sources.push({ file: action.file, kind: action.of });
    if (action.kind !== "restore") return piece;
    const { file } = action.store;
    const source = sources.findLast(({ kind }) => kind === undefined || kind === action.store.kind);
    if (
      source === undefined ||
      (file !== undefined && !ON_THE_WAY.test(file) && !isUnpacked(file, source.file))
    )
      return piece;
    const filled: ActionPiece = {
      ...piece,
      action: { ...action, store: { ...action.store, file: source.file } },
    };
    return filled;
  });
}

/** x.sql was x.sql.gz a moment ago. */
const isUnpacked = (file: string, source: string): boolean =>
  source.startsWith(`${file}.`) || source.endsWith(`${file.replace(/^.*\//, "")}.gz`);
