/** Behind the documents of a block of an archive stand these four bytes in place of a length. */
const END = -1;
const SHORTEST = 5;
/** A document may have 16 MB; the server's own and the headers of archives a little more. */
const LONGEST = 16 * 1024 * 1024 + 64 * 1024;

export interface Tokens {
  document(bytes: Buffer): void;
  /** The end mark of an archive; a plain .bson file has none. */
  end?(): void;
}

/** Takes BSON apart into documents by their lengths, however it is cut into chunks. */
export class DocumentSplitter {
  readonly #tokens: Tokens;
  #held: Buffer[] = [];
  #size = 0;
  #wanted = 4;
  /** Bytes before the document that is being waited for. */
  position = 0;
  /** Why nothing after `position` can be read. */
  problem: string | undefined;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  push(chunk: Buffer): void {
    if (this.problem !== undefined) return;
    this.#held.push(chunk);
    this.#size += chunk.length;
    // A document of many chunks is put together once, not once for each chunk.
    if (this.#size >= this.#wanted) this.#take(this.#held.length === 1 ? chunk : Buffer.concat(this.#held));
  }

  /** Bytes of a document that never came to its end. */
  get rest(): number {
    return this.problem === undefined ? this.#size : 0;
  }

  #take(bytes: Buffer): void {
    let at = 0;
    this.#wanted = 4;
    while (this.problem === undefined && bytes.length - at >= this.#wanted) {
      const length = bytes.readInt32LE(at);
      if (length === END && this.#tokens.end) {
        at = this.#passed(at, 4);
        this.#tokens.end();
      } else if (length < SHORTEST || length > LONGEST) {
        this.problem = `${length} is no length of a document`;
      } else if (bytes.length - at < length) {
        this.#wanted = length;
      } else if (bytes[at + length - 1] !== 0) {
        this.problem = "a document does not end where its length says";
      } else {
        const start = at;
        at = this.#passed(at, length);
        this.#tokens.document(bytes.subarray(start, at));
        this.#wanted = 4;
      }
    }
    this.#held = [bytes.subarray(at)];
    this.#size = bytes.length - at;
  }

  #passed(at: number, length: number): number {
    this.position += length;
    return at + length;
  }
}
