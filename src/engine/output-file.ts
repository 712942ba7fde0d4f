import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import type { Redactor } from "../journal/redact.ts";

const TAIL_BYTES = 16_384;
const NEWLINE = 10;

export interface OutputSummary {
  file: string;
  lines: number;
  bytes: number;
  sha256: string;
}

/**
 * A step's output on its way into the run's folder: redacted, summed, its newest lines kept for the screen.
 * Works on whole chunks, because a step may print gigabytes; lines are only made of the newest 16 kB, and only when
 * somebody looks (`takeLines`).
 */
export class OutputFile {
  readonly #fd: number;
  readonly #name: string;
  readonly #redactor: Redactor;
  readonly #hash = createHash("sha256");
  readonly #held = new Map<string, Buffer>();
  #tail: Buffer = Buffer.alloc(0);
  #bytes = 0;
  #lines = 0;

  constructor(path: string, name: string, redactor: Redactor) {
    this.#fd = openSync(path, "a", 0o600);
    this.#name = name;
    this.#redactor = redactor;
  }

  /** Two streams share a file; each holds back what could be the beginning of a secret cut by the chunk's edge. */
  write(chunk: Buffer, stream: string): void {
    const hold = Math.max(0, this.#redactor.longest - 1);
    if (hold === 0) return this.#put(this.#redactor.bytes(chunk));
    const held = this.#held.get(stream);
    const clean = this.#redactor.bytes(
      held === undefined || held.length === 0 ? chunk : Buffer.concat([held, chunk]),
    );
    const edge = Math.max(0, clean.length - hold);
    this.#put(clean.subarray(0, edge));
    this.#held.set(stream, Buffer.from(clean.subarray(edge)));
  }

  line(text: string): void {
    this.#put(Buffer.from(`${this.#redactor.text(text)}\n`));
  }

  /** Ends a program's output: what was held back is written, and a last line without newline is ended. */
  flush(): void {
    for (const held of this.#held.values()) this.#put(held);
    this.#held.clear();
    if (this.#tail.length > 0 && this.#tail.at(-1) !== NEWLINE) this.#put(Buffer.from("\n"));
  }

  get bytes(): number {
    return this.#bytes;
  }

  get lines(): number {
    return this.#lines;
  }

  /** The newest whole lines since the last call, at most what 16 kB hold. */
  takeLines(): string[] {
    const end = this.#tail.lastIndexOf(NEWLINE);
    if (end < 0) return [];
    const text = this.#tail.subarray(0, end).toString("utf8");
    this.#tail = this.#tail.subarray(end + 1);
    return text.split(/\r?\n/);
  }

  close(): OutputSummary {
    this.flush();
    closeSync(this.#fd);
    return { file: this.#name, lines: this.#lines, bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  #put(bytes: Buffer): void {
    if (bytes.length === 0) return;
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#lines += countLines(bytes);
    const joined = bytes.length >= TAIL_BYTES ? bytes : Buffer.concat([this.#tail, bytes]);
    // A copy: a view would keep the whole chunk alive.
    this.#tail = Buffer.from(joined.subarray(-TAIL_BYTES));
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
