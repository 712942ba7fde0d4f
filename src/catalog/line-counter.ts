/** Line numbers of a text that is read in chunks; every byte is counted once. */
export class LineCounter {
  #line = 1;
  #counted = 0;

  /** The line that the byte at `at` of the present chunk lies in. Never goes back. */
  at(bytes: Buffer, at: number): number {
    this.countTo(bytes, at);
    return this.#line;
  }

  countTo(bytes: Buffer, at: number): void {
    for (; this.#counted < at; this.#counted += 1) if (bytes[this.#counted] === 10) this.#line += 1;
  }

  /** Lines that somebody else has counted, up to `at`. */
  add(lines: number, at: number): void {
    this.#line += lines;
    this.#counted = at;
  }

  /** The next chunk begins where counting stopped. */
  rebase(): void {
    this.#counted = 0;
  }
}
