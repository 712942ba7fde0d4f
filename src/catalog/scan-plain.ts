import { readHead } from "./format.ts";
import { emptyDump, type PlainDump } from "./plain-dump.ts";
import { SqlLexer } from "./sql-lexer.ts";
import { copiedTable, extensionOf, rolesIn, settingOf, transactionProblem } from "./statement-facts.ts";
import { hasBom } from "./text-head.ts";

const KEEP = 100;
const TRAILER = /^--\s*PostgreSQL database (?:cluster )?dump complete\s*$/;

/** Reads a plain dump in one pass, whatever the size of its chunks. */
export class PlainScanner {
  readonly #dump = emptyDump();
  readonly #roles = new Set<string>();
  readonly #extensions = new Set<string>();
  readonly #lexer = new SqlLexer({
    statement: (statement) => this.#statement(statement),
    command: (command) => this.#command(command),
    comment: (comment) => this.#comment(comment),
    copied: (copy) => this.#copied(copy),
  });
  #start: Buffer | undefined = Buffer.alloc(0);
  #inPreamble = true;
  #table = "";

  push(chunk: Buffer): void {
    this.#dump.bytes += chunk.length;
    if (this.#start === undefined) return this.#lexer.push(chunk);
    this.#start = Buffer.concat([this.#start, chunk]);
    if (this.#start.length >= 3) this.#begin(this.#start);
  }

  /** What was found so far; the scanner cannot be used after it. */
  end(): PlainDump {
    if (this.#start !== undefined) this.#begin(this.#start);
    const open = this.#lexer.end();
    if (open?.kind === "copy")
      this.#dump.unfinished = {
        kind: "copy",
        table: this.#table,
        rows: open.rows,
        brokenRow: open.brokenRow,
      };
    else if (open) this.#dump.unfinished = { kind: "statement", line: open.line, text: short(open.text) };
    return { ...this.#dump, roles: [...this.#roles].sort(), extensions: [...this.#extensions].sort() };
  }

  #begin(start: Buffer): void {
    this.#start = undefined;
    const bom = hasBom(start);
    if (bom) {
      const why = "Windows programs put it there; psql knows it only at the very start of its input";
      this.#dump.repairs.push({ kind: "byte order mark", line: 1, text: "\uFEFF", why });
      this.#lexer.skip(3);
    }
    this.#lexer.push(bom ? start.subarray(3) : start);
  }

  #statement({ text, line, end }: { text: string; line: number; end: number }): "copy" | undefined {
    const dump = this.#dump;
    dump.statements += 1;
    if (dump.trailer !== undefined || dump.statementsAfterTrailer > 0) dump.statementsAfterTrailer += 1;
    if (/^INSERT\b/i.test(text)) {
      this.#inPreamble = false;
      dump.inserts += 1;
      this.#dataEndsAt(end);
      return undefined;
    }
    dump.statementsAfterData += 1;
    const table = copiedTable(text);
    if (table !== undefined) {
      this.#inPreamble = false;
      this.#table = table;
      return "copy";
    }
    this.#facts(text, line);
    return undefined;
  }

  #facts(text: string, line: number): void {
    const dump = this.#dump;
    const setting = settingOf(text);
    if (setting) this.#setting(setting, text, line);
    if (text.startsWith("SELECT pg_catalog.lo_open(")) dump.largeObjects = true;
    if (/^CREATE\b/i.test(text)) {
      this.#inPreamble = false;
      if (/^CREATE\s+(?:UNLOGGED\s+|FOREIGN\s+)?TABLE\b/i.test(text)) dump.tables += 1;
      if (/^CREATE\s+DATABASE\b/i.test(text)) dump.createsDatabase = true;
      const extension = extensionOf(text);
      if (extension !== undefined) this.#extensions.add(extension);
    }
    for (const role of rolesIn(text)) this.#roles.add(role);
    const why = transactionProblem(text);
    if (why !== undefined && dump.unframeable.length < KEEP)
      dump.unframeable.push({ line, text: short(text), why });
  }

  #setting(setting: { name: string; since: string | undefined }, text: string, line: number): void {
    const value = /(?:=|\bTO\b)\s*'?([^']*?)'?\s*$/i.exec(text)?.[1] ?? "";
    if (setting.name === "client_encoding") this.#dump.encoding ??= value;
    if (setting.name === "standard_conforming_strings")
      this.#lexer.plainBackslashes = !/^(?:off|false|0)$/i.test(value);
    if (!this.#inPreamble || setting.since === undefined) return;
    const why = `servers older than ${setting.since} do not know ${setting.name}`;
    this.#dump.repairs.push({ kind: "setting", line, text: `${text};`, why, since: setting.since });
  }

  #command({ text, line }: { text: string; line: number }): void {
    const token = /^\\(un)?restrict\s+(\S+)$/.exec(text);
    if (!token) {
      if (this.#dump.commands.length < KEEP) this.#dump.commands.push({ line, text: short(text) });
      return;
    }
    this.#dump.restrictToken ??= token[2];
    const why = "psql older than August 2025 does not know it";
    this.#dump.repairs.push({ kind: "restrict", line, text, why });
  }

  #comment({ text, start }: { text: string; start: number }): void {
    const dump = this.#dump;
    dump.dumpedFrom ??= /^-- Dumped from database version (.+)$/.exec(text)?.[1];
    dump.dumpedBy ??= /^-- Dumped by pg_dump version (.+)$/.exec(text)?.[1];
    if (text.startsWith("-- PostgreSQL database cluster dump")) dump.wholeCluster = true;
    if (TRAILER.test(text)) {
      dump.trailer = start;
      if (dump.wholeCluster) dump.statementsAfterTrailer = 0;
    }
  }

  #copied({ rows, start, length, end }: { rows: number; start: number; length: number; end: number }): void {
    this.#dump.copies.push({ table: this.#table, rows, offset: start, length });
    this.#dataEndsAt(end);
  }

  #dataEndsAt(end: number): void {
    this.#dump.dataEnd = end;
    this.#dump.statementsAfterData = 0;
  }
}

const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
};

/** Reads all of a plain dump, unpacked. */
export async function scanPlain(chunks: AsyncIterable<Buffer>): Promise<PlainDump> {
  const scanner = new PlainScanner();
  for await (const chunk of chunks) scanner.push(chunk);
  return scanner.end();
}

/**
 * What the first 64 kB show, for planning: versions, preamble repairs, the first roles and extensions. Data, trailer and
 * the rest of the roles need the whole file. undefined when the artifact is not plain SQL.
 */
export async function previewPlain(path: string): Promise<PlainDump | undefined> {
  const { format, bytes } = await readHead(path);
  if (format.payload !== "plain") return undefined;
  const scanner = new PlainScanner();
  scanner.push(bytes);
  return scanner.end();
}
