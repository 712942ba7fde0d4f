import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { readStart } from "../journal/file-sum.ts";
import type { RedactedStream, Redactor } from "../journal/redact.ts";

const TAIL_BYTES = 16_384;
const NEWLINE = 10;

export interface OutputSummary {
  file: string;
  lines: number;
  /** Of the whole file up to here, earlier attempts included, as is the sum. */
  bytes: number;
  sha256: string;
}

/**
 * A step's output on its way into the run's folder: redacted, summed, its newest lines kept for the screen.
 * Works on whole chunks, because a step may print gigabytes; lines are only made of the newest 16 kB, and only when
 * somebody looks (`takeLines`).
 */
export class OutputFile {
  #fd: number | undefined;
  /** Said before there was anything to keep. */
  #announced: string[] = [];
  readonly #path: string;
  readonly #name: string;
  readonly #redactor: Redactor;
  readonly #hash = createHash("sha256");
  readonly #streams = new Map<string, RedactedStream>();
  /** The newest bytes that were not taken yet, in one place: a gigabyte must not become a gigabyte of garbage. */
  readonly #tail = Buffer.alloc(TAIL_BYTES);
  #tailLength = 0;
  /** Something in front of what is kept was let go. */
  #tailCut = false;
  #bytes = 0;
  #lines = 0;
  #last: number | undefined = NEWLINE;

  constructor(path: string, name: string, redactor: Redactor) {
    this.#path = path;
    this.#name = name;
    this.#redactor = redactor;
  }

  /** A second attempt writes on where the first one ended: the sum is that of the file, so that sha256sum agrees. */
  #open(): number {
    this.#fd = openSync(this.#path, "a", 0o600);
    readStart(this.#path, Number.POSITIVE_INFINITY, (chunk) => this.#count(chunk));
    if (this.#last !== NEWLINE) this.#put(Buffer.from("\n"));
    this.#tailLength = 0;
    for (const text of this.#announced.splice(0)) this.line(text);
    return this.#fd;
  }

  /** A line that is only worth a file when output follows: a command that says nothing leaves none. */
  announce(text: string): void {
    if (this.#fd === undefined) this.#announced.push(text);
    else this.line(text);
  }

  /** Two streams share a file; in each a secret may be cut by the chunk's edge. */
  write(chunk: Buffer, stream: string): void {
    let redacted = this.#streams.get(stream);
    if (!redacted) this.#streams.set(stream, (redacted = this.#redactor.stream()));
    this.#put(redacted.push(chunk));
  }

  line(text: string): void {
    this.#put(Buffer.from(`${this.#redactor.text(text)}\n`));
  }

  /** Ends a program's output: what was held back is written, and a last line without newline is ended. */
  flush(): void {
    for (const stream of this.#streams.values()) this.#put(stream.end());
    this.#streams.clear();
    if (this.#last !== NEWLINE) this.#put(Buffer.from("\n"));
  }

  get bytes(): number {
    return this.#bytes;
  }

  get lines(): number {
    return this.#lines;
  }

  /** The newest whole lines since the last call, at most what 16 kB hold. */
  takeLines(): string[] {
    const kept = this.#tail.subarray(0, this.#tailLength);
    const end = kept.lastIndexOf(NEWLINE);
    if (end < 0) return [];
    // What was cut begins in the middle of a line, except when there is only that one line.
    const from = this.#tailCut ? kept.subarray(0, end).indexOf(NEWLINE) + 1 : 0;
    const text = kept.subarray(from, end).toString("utf8");
    this.#tail.copyWithin(0, end + 1, this.#tailLength);
    this.#tailLength -= end + 1;
    this.#tailCut = false;
    return text.split(/\r?\n/);
  }

  /** undefined when nothing was ever written. */
  close(): OutputSummary | undefined {
    this.flush();
    if (this.#fd === undefined) return undefined;
    closeSync(this.#fd);
    return { file: this.#name, lines: this.#lines, bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  #put(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const fd = this.#fd ?? this.#open();
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    this.#count(bytes);
    this.#remember(bytes);
  }

  #count(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#lines += countLines(bytes);
    this.#last = bytes.at(-1);
  }

  #remember(bytes: Buffer): void {
    const newest = bytes.length > TAIL_BYTES ? bytes.subarray(-TAIL_BYTES) : bytes;
    const over = this.#tailLength + newest.length - TAIL_BYTES;
    if (over > 0) {
      this.#tail.copyWithin(0, over, this.#tailLength);
      this.#tailLength -= over;
    }
    this.#tailCut ||= over > 0 || newest !== bytes;
    newest.copy(this.#tail, this.#tailLength);
    this.#tailLength += newest.length;
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
