import { StringDecoder } from "node:string_decoder";

const LONGEST = 16_384;

/**
 * Cuts a byte stream into lines without breaking UTF-8 at chunk edges. A line over 16 kB is given in pieces, so that
 * output without newlines cannot fill memory. CR LF and bare CR (progress meters) end a line too.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split(/\r?\n|\r(?!$)/);
    this.#rest = parts.pop() ?? "";
    for (const line of parts) this.#onLine(line);
    while (this.#rest.length > LONGEST) {
      const cut = isHighSurrogate(this.#rest.charCodeAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
      this.#onLine(this.#rest.slice(0, cut));
      this.#rest = this.#rest.slice(cut);
    }
  }

  end(): void {
    const last = (this.#rest + this.#decoder.end()).replace(/\r$/, "");
    this.#rest = "";
    if (last !== "") this.#onLine(last);
  }
}

/** The first half of a character outside the 16-bit range. */
function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
