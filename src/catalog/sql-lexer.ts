import { CopyRows } from "./copy-rows.ts";
import { LineCounter } from "./line-counter.ts";
import { BYTE, SPECIAL, WORD } from "./sql-bytes.ts";
import type { SqlEvents, Unfinished } from "./sql-events.ts";
import { StatementText } from "./statement-text.ts";

type Mode = "sql" | "string" | "escape" | "name" | "dollar" | "block" | "skip-line" | "to-data" | "data";

const { lf: LF, space: SPACE, double: DOUBLE, dollar: DOLLAR, quote: QUOTE, open: OPEN, close: CLOSE } = BYTE;
const { star: STAR, dash: DASH, slash: SLASH, semicolon: SEMICOLON, backslash: BACKSLASH } = BYTE;
const LONGEST_TAG = 128;
const LONGEST_LINE = 4096;

/**
 * Cuts plain SQL into statements the way psql does: strings, dollar quotes, nested comments, COPY data. Chunks may end
 * anywhere: what cannot be decided yet is kept for the next one.
 */
export class SqlLexer {
  /** pg_dump writes SET standard_conforming_strings = off for servers that have it off: then \ escapes everywhere. */
  plainBackslashes = true;
  readonly #events: SqlEvents;
  readonly #lines = new LineCounter();
  readonly #statement = new StatementText();
  readonly #copy = new CopyRows();
  #mode: Mode = "sql";
  #rest = Buffer.alloc(0);
  /** Offset of the first byte of the chunk at work. */
  #base = 0;
  #before: [number, number] = [SPACE, SPACE];
  #parens = 0;
  #tag = Buffer.alloc(0);
  #depth = 0;

  constructor(events: SqlEvents) {
    this.#events = events;
  }

  /** Bytes in front of the text that are not part of it, such as a byte order mark. */
  skip(bytes: number): void {
    this.#base += bytes;
  }

  push(chunk: Buffer): void {
    this.#run(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]), false);
  }

  /** Ends the text. Gives what was still open. */
  end(): Unfinished | undefined {
    this.#run(this.#rest, true);
    if (this.#mode === "data" || this.#mode === "to-data") return { kind: "copy", ...this.#copy.open() };
    if (!this.#statement.begun) return undefined;
    return { kind: "statement", text: this.#statement.take(this.#rest, 0), line: this.#statement.line };
  }

  #run(bytes: Buffer, last: boolean): void {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#step(bytes, at, last);
      if (next === at && !last) break;
      at = next === at ? at + 1 : next;
    }
    this.#statement.keep(bytes, at);
    if (this.#mode !== "data") this.#lines.countTo(bytes, at);
    this.#before = [this.#byte(bytes, at - 2), this.#byte(bytes, at - 1)];
    this.#rest = Buffer.from(bytes.subarray(at));
    this.#base += at;
    this.#lines.rebase();
  }

  /** A byte before the chunk is one of the last two of the chunk before. */
  #byte(bytes: Buffer, at: number): number {
    return (at < 0 ? this.#before[at + 2] : bytes[at]) ?? SPACE;
  }

  /** Goes on from `at` to where the mode changes; the same `at` means more bytes are needed. */
  #step(bytes: Buffer, at: number, last: boolean): number {
    switch (this.#mode) {
      case "sql":
        return this.#sql(bytes, at, last);
      case "string":
        return this.#closing(bytes, at, QUOTE);
      case "name":
        return this.#closing(bytes, at, DOUBLE);
      case "escape":
        return this.#escape(bytes, at, last);
      case "dollar":
        return this.#dollar(bytes, at, last);
      case "block":
        return this.#block(bytes, at, last);
      case "skip-line":
      case "to-data":
        return this.#restOfLine(bytes, at);
      case "data":
        return this.#data(bytes, at, last);
    }
  }

  #sql(bytes: Buffer, from: number, last: boolean): number {
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at] ?? SPACE;
      if (!this.#statement.begun && byte <= SPACE) at += 1;
      else if (SPECIAL[byte] === 0) {
        if (!this.#statement.begun) this.#statement.begin(at, this.#lines.at(bytes, at));
        while (at < bytes.length && SPECIAL[bytes[at] ?? 0] === 0) at += 1;
      } else {
        const next = this.#special(bytes, at, byte, last);
        if (next === at || this.#mode !== "sql") return next;
        at = next;
      }
    }
    return at;
  }

  #special(bytes: Buffer, at: number, byte: number, last: boolean): number {
    const follows = bytes[at + 1];
    if (byte === DASH || byte === SLASH) {
      if (follows === undefined && !last) return at;
      if (byte === DASH && follows === DASH) return this.#line(bytes, at, last, "comment");
      if (byte === SLASH && follows === STAR) return this.#enter("block", at + 2);
    }
    if (byte === BACKSLASH) return this.#line(bytes, at, last, "command");
    if (byte === SEMICOLON) return this.#semicolon(bytes, at);
    if (!this.#statement.begun) this.#statement.begin(at, this.#lines.at(bytes, at));
    if (byte === DOLLAR) return this.#openDollar(bytes, at, last);
    if (byte === OPEN) this.#parens += 1;
    if (byte === CLOSE) this.#parens -= 1;
    if (byte === DOUBLE) return this.#enter("name", at + 1);
    if (byte === QUOTE) return this.#enter(this.#escapes(bytes, at) ? "escape" : "string", at + 1);
    return at + 1;
  }

  #enter(mode: Mode, at: number): number {
    this.#mode = mode;
    if (mode === "block") this.#depth = 1;
    return at;
  }

  #escapes(bytes: Buffer, at: number): boolean {
    const marked = (this.#byte(bytes, at - 1) | 0x20) === 0x65 && WORD[this.#byte(bytes, at - 2)] === 0;
    return marked || !this.plainBackslashes;
  }

  #semicolon(bytes: Buffer, at: number): number {
    if (!this.#statement.begun) return at + 1;
    if (this.#parens > 0 || this.#statement.isInsideBody(bytes, at)) return at + 1;
    this.#parens = 0;
    const line = this.#statement.line;
    const text = this.#statement.take(bytes, at);
    if (this.#events.statement({ text, line, end: this.#base + at + 1 }) === "copy") this.#mode = "to-data";
    return at + 1;
  }

  /** A comment or a psql command: to the end of the line, which has to be there (or be too long to matter). */
  #line(bytes: Buffer, at: number, last: boolean, what: "comment" | "command"): number {
    const found = bytes.indexOf(LF, at);
    const end = found === -1 ? bytes.length : found;
    if (found === -1 && !last && end - at < LONGEST_LINE) return at;
    const text = bytes.toString("utf8", at, Math.min(end, at + LONGEST_LINE)).trimEnd();
    const line = this.#lines.at(bytes, at);
    if (what === "command") this.#events.command({ text, line });
    else this.#events.comment({ text, line, start: this.#base + at });
    if (found === -1) this.#mode = "skip-line";
    return end;
  }

  #restOfLine(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(LF, at);
    if (found === -1) return bytes.length;
    if (this.#mode === "to-data") {
      this.#lines.countTo(bytes, found + 1);
      this.#copy.begin(this.#base + found + 1);
    }
    this.#mode = this.#mode === "to-data" ? "data" : "sql";
    return found + 1;
  }

  #closing(bytes: Buffer, from: number, quote: number): number {
    let at = from;
    while (at < bytes.length && bytes[at] !== quote) at += 1;
    if (at === bytes.length) return at;
    // A doubled quote opens again at once.
    this.#mode = "sql";
    return at + 1;
  }

  #escape(bytes: Buffer, from: number, last: boolean): number {
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at];
      if (byte !== QUOTE && byte !== BACKSLASH) at += 1;
      else if (at + 1 === bytes.length && !last) return at;
      else if (byte === BACKSLASH || bytes[at + 1] === QUOTE) at += 2;
      else return this.#enter("sql", at + 1);
    }
    return at;
  }

  #openDollar(bytes: Buffer, at: number, last: boolean): number {
    const first = bytes[at + 1];
    const inName = WORD[this.#byte(bytes, at - 1)] === 1;
    const isParameter = first !== undefined && first >= 48 && first <= 57;
    if (inName || isParameter) return at + 1;
    let end = at + 1;
    while (end < bytes.length && WORD[bytes[end] ?? 0] === 1 && bytes[end] !== DOLLAR) end += 1;
    if (end === bytes.length) return last || end - at > LONGEST_TAG ? at + 1 : at;
    if (bytes[end] !== DOLLAR) return at + 1;
    this.#tag = Buffer.from(bytes.subarray(at, end + 1));
    return this.#enter("dollar", end + 1);
  }

  #dollar(bytes: Buffer, from: number, last: boolean): number {
    const found = bytes.indexOf(this.#tag, from);
    if (found !== -1) return this.#enter("sql", found + this.#tag.length);
    return last ? bytes.length : Math.max(from, bytes.length - this.#tag.length + 1);
  }

  #block(bytes: Buffer, from: number, last: boolean): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte !== STAR && byte !== SLASH) continue;
      if (at + 1 === bytes.length) return last ? bytes.length : at;
      if (byte === SLASH && bytes[at + 1] === STAR) this.#depth += 1;
      else if (byte === STAR && bytes[at + 1] === SLASH) this.#depth -= 1;
      else continue;
      at += 1;
      if (this.#depth === 0) return this.#enter("sql", at + 1);
    }
    return bytes.length;
  }

  #data(bytes: Buffer, at: number, last: boolean): number {
    const { at: next, ended } = this.#copy.read(bytes, at, last);
    this.#lines.add(this.#copy.takeLines(), next);
    if (!ended) return next;
    this.#mode = "sql";
    this.#events.copied(this.#copy.close(this.#base + next));
    return next;
  }
}
