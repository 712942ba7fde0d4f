const [LF, CR, DOT, BACKSLASH] = [10, 13, 46, 92];

/** Counts the rows of one COPY block: a row is a line, and a line of `\.` is the end. */
export class CopyRows {
  #start = 0;
  #rows = 0;
  #lines = 0;
  #atLineStart = true;
  #endLength = 0;

  /** `start` is the offset of the first byte of data. */
  begin(start: number): void {
    this.#start = start;
    this.#rows = 0;
    this.#atLineStart = true;
    this.#endLength = 0;
  }

  /** Reads on from `at`; `ended` when `at` is behind the end line. The same `at` means more bytes are needed. */
  read(bytes: Buffer, from: number, last: boolean): { at: number; ended: boolean } {
    let at = from;
    const length = bytes.length;
    while (at < length) {
      if (this.#atLineStart && bytes[at] === BACKSLASH) {
        const end = endLine(bytes, at, last);
        if (end === "more") return { at, ended: false };
        if (end > 0) {
          this.#lines += 1;
          this.#endLength = end;
          return { at: at + end, ended: true };
        }
      }
      while (at < length && bytes[at] !== LF) at += 1;
      this.#atLineStart = at < length;
      if (at === length) break;
      at += 1;
      this.#rows += 1;
      this.#lines += 1;
    }
    return { at, ended: false };
  }

  /** Line feeds read since the last call. */
  takeLines(): number {
    const lines = this.#lines;
    this.#lines = 0;
    return lines;
  }

  close(end: number): { rows: number; start: number; length: number; end: number } {
    return { rows: this.#rows, start: this.#start, length: end - this.#endLength - this.#start, end };
  }

  open(): { rows: number; start: number; brokenRow: boolean } {
    return { rows: this.#rows, start: this.#start, brokenRow: !this.#atLineStart };
  }
}

/** Length of a `\.` line with its line end, 0 when it is a row. */
function endLine(bytes: Buffer, at: number, last: boolean): number | "more" {
  const left = bytes.length - at;
  if (left === 1) return last ? 0 : "more";
  if (bytes[at + 1] !== DOT) return 0;
  if (left === 2) return last ? 2 : "more";
  if (bytes[at + 2] === LF) return 3;
  if (bytes[at + 2] !== CR) return 0;
  if (left === 3) return last ? 3 : "more";
  return bytes[at + 3] === LF ? 4 : 0;
}
