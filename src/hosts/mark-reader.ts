const NEWLINE = 0x0a;
const CR = 0x0d;
/** Of what came before the begin line: enough for a banner. */
const NOISE_BYTES = 4096;

/**
 * Takes the begin and end lines out of a far command's standard output, piece by piece. What comes before the begin
 * line is noise (banners, words of the transport), what comes after the end line too; what lies between is handed on as
 * it is. Both lines begin after a newline of their own, so that output without one at its end stays as it was.
 */
export class MarkReader {
  /** The begin line came: the far shell has read the whole text, and has started the program. */
  begun = false;
  /** The exit code of the end line; undefined until it came. */
  exit: number | undefined;
  /** Carriage returns were put in on the way: nothing that comes through is what was written. */
  altered = false;
  #noise: Buffer = Buffer.alloc(0);
  #held: Buffer = Buffer.alloc(0);
  readonly #begin: Buffer;
  readonly #end: Buffer | undefined;

  /** `ends: "never"` for a program that stays: every piece of its output is handed on at once. */
  constructor(nonce: string, ends: "once" | "never" = "once") {
    this.#begin = Buffer.from(`\n${nonce} begin`);
    this.#end = ends === "never" ? undefined : Buffer.from(`\n${nonce} end `);
  }

  /** What was said before it began. */
  get noise(): string {
    return this.#noise.toString("utf8").trim();
  }

  /** The next piece of the stream; returns what of it, and of earlier pieces, is the program's output. */
  take(chunk: Buffer): Buffer {
    if (this.exit !== undefined) return Buffer.alloc(0);
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (!this.begun && !this.#takeBegin()) return Buffer.alloc(0);
    return this.#takeOutput();
  }

  /** What is still held back when the stream is over without an end line. */
  rest(): Buffer {
    // What might have been the beginning of a mark was the end of what somebody else said.
    if (!this.begun) this.#noteNoise(this.#held);
    const rest = this.begun && this.exit === undefined ? this.#held : Buffer.alloc(0);
    this.#held = Buffer.alloc(0);
    return rest;
  }

  #takeBegin(): boolean {
    // The begin line may be the first of all: its newline is always there.
    const at = this.#held.indexOf(this.#begin);
    const over = at < 0 ? -1 : this.#held.indexOf(NEWLINE, at + this.#begin.length);
    if (over < 0) {
      const keep = at < 0 ? Math.min(this.#held.length, this.#begin.length) : this.#held.length - at;
      this.#noteNoise(this.#held.subarray(0, this.#held.length - keep));
      this.#held = this.#held.subarray(this.#held.length - keep);
      return false;
    }
    this.#noteNoise(this.#held.subarray(0, at));
    this.begun = true;
    this.altered = this.#held[over - 1] === CR;
    this.#held = this.#held.subarray(over + 1);
    return true;
  }

  #noteNoise(bytes: Buffer): void {
    if (this.#noise.length < NOISE_BYTES)
      this.#noise = Buffer.concat([this.#noise, bytes.subarray(0, NOISE_BYTES - this.#noise.length)]);
  }

  #takeOutput(): Buffer {
    if (this.#end === undefined) return this.#give(this.#held.length);
    const at = this.#held.indexOf(this.#end);
    // The mark may be cut between two pieces.
    if (at < 0) return this.#give(this.#held.length - partOf(this.#end, this.#held));
    const over = this.#held.indexOf(NEWLINE, at + this.#end.length);
    if (over < 0) return this.#give(at);
    const code = /^(\d{1,3})\r?$/.exec(this.#held.toString("latin1", at + this.#end.length, over))?.[1];
    // Not the end line after all, if ever: nobody can guess the nonce, but a program may print what it was sent.
    if (code === undefined) return this.#give(over);
    const output = this.#held.subarray(0, at);
    this.exit = Number(code);
    this.#held = Buffer.alloc(0);
    return output;
  }

  #give(bytes: number): Buffer {
    const given = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return given;
  }
}

/** How many bytes at the end of what is held may be the beginning of a mark. Only few bytes there are its first one. */
function partOf(mark: Buffer, held: Buffer): number {
  const first = mark[0] ?? NEWLINE;
  let from = held.indexOf(first, Math.max(0, held.length - mark.length + 1));
  while (from >= 0 && !mark.subarray(0, held.length - from).equals(held.subarray(from)))
    from = held.indexOf(first, from + 1);
  return from < 0 ? 0 : held.length - from;
}
