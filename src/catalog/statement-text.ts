/** Only the head of a statement is needed, but bodies of functions are looked into for their end. */
const LONGEST = 1024 * 1024;
const CREATE_ROUTINE = /^create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i;
/** Strings, quoted names, dollar quotes and comments: words in them do not count. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\1\$|--[^\n]*|\/\*.*?\*\//gs;

/** Collects the text of one statement over chunk edges. */
export class StatementText {
  /** Line of its first byte. */
  line = 0;
  begun = false;
  #parts: Buffer[] = [];
  #size = 0;
  #from = 0;

  begin(at: number, line: number): void {
    this.begun = true;
    this.line = line;
    this.#from = at;
  }

  /** The chunk ends: what of it belongs to the statement is copied, and the next chunk begins at its byte 0. */
  keep(bytes: Buffer, to: number): void {
    if (!this.begun) return;
    const part = bytes.subarray(this.#from, Math.min(to, this.#from + LONGEST - this.#size));
    if (part.length > 0) this.#parts.push(Buffer.from(part));
    this.#size += part.length;
    this.#from = 0;
  }

  /** The whole text up to `to`, which ends the statement. Long ones are cut. */
  take(bytes: Buffer, to: number): string {
    // Of an INSERT only the first word matters, and a dump may hold millions of them.
    const enough = (this.#first(bytes) | 0x20) === 0x69 && this.#parts.length === 0;
    const text = this.#text(bytes, enough ? Math.min(to, this.#from + 120) : to);
    this.begun = false;
    this.#parts = [];
    this.#size = 0;
    return text;
  }

  #first(bytes: Buffer): number {
    return this.#parts[0]?.[0] ?? bytes[this.#from] ?? 0;
  }

  #text(bytes: Buffer, to: number): string {
    const end = Math.min(to, this.#from + LONGEST - this.#size);
    if (this.#parts.length === 0) return bytes.toString("utf8", this.#from, end);
    return Buffer.concat([...this.#parts, bytes.subarray(this.#from, end)]).toString("utf8");
  }

  /** A semicolon between BEGIN ATOMIC and its END belongs to the body of a function (SQL standard, since 14). */
  isInsideBody(bytes: Buffer, to: number): boolean {
    if ((this.#first(bytes) | 0x20) !== 0x63) return false;
    const text = this.#text(bytes, to);
    if (!CREATE_ROUTINE.test(text) || !/\bbegin\s+atomic\b/i.test(text)) return false;
    const words = text.replaceAll(QUOTED, " ");
    const body = words.slice(words.search(/\bbegin\s+atomic\b/i));
    const opened = body.match(/\b(?:begin|case)\b/gi)?.length ?? 0;
    const closed = body.match(/\bend\b/gi)?.length ?? 0;
    return opened > closed;
  }
}
