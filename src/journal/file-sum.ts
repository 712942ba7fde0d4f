import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

const PIECE = 1024 * 1024;

/** Gives a file's first bytes, at most `bytes` of them, in pieces; how many there were. */
export function readStart(path: string, bytes: number, onPiece: (piece: Buffer) => void): number {
  const fd = openSync(path, "r");
  try {
    let done = 0;
    while (done < bytes) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, bytes - done));
      const got = readSync(fd, piece);
      if (got === 0) break;
      onPiece(piece.subarray(0, got));
      done += got;
    }
    return done;
  } finally {
    closeSync(fd);
  }
}

/**
 * sha256 of a file, or of its first bytes (`head -c BYTES FILE | sha256sum`); undefined when it is not there or shorter.
 */
export function sumOfStart(path: string, bytes?: number): string | undefined {
  const hash = createHash("sha256");
  try {
    const read = readStart(path, bytes ?? Number.POSITIVE_INFINITY, (piece) => hash.update(piece));
    return bytes === undefined || read === bytes ? hash.digest("hex") : undefined;
  } catch {
    return undefined;
  }
}
