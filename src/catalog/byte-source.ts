/** Reads chunks with the liberty to look ahead and to put bytes back. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes taken so far and not put back. */
  get position(): number {
    return this.#position;
  }

  /** The next chunk, whatever its length; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    const held = this.#held;
    if (held.length > 0) {
      this.#held = Buffer.alloc(0);
      this.#position += held.length;
      return held;
    }
    const got = await this.#chunks.next();
    if (got.done === true) return undefined;
    this.#position += got.value.length;
    return got.value.length > 0 ? got.value : this.next();
  }

  /** Exactly `length` bytes, fewer only at the end. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let size = 0;
    while (size < length) {
      const chunk = await this.next();
      if (!chunk) break;
      parts.push(chunk);
      size += chunk.length;
    }
    const all = Buffer.concat(parts);
    this.putBack(all.subarray(length));
    return all.subarray(0, length);
  }

  /** The bytes will be the next ones to be read. */
  putBack(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([bytes, this.#held]);
    this.#position -= bytes.length;
  }

  /** Lets go of the file behind it. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
