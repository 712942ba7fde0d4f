import { plainWords } from "../words.ts";
import type { Span } from "./blocks.ts";

/** The procedure's lines, with secrets taken out, and its name for people. */
export class Source {
  readonly name: string;
  readonly lines: readonly string[];

  constructor(name: string, text: string) {
    this.name = name;
    this.lines = text.replaceAll(/\r\n?/g, "\n").split("\n");
  }

  /** "PROCEDURE.md:12" or "PROCEDURE.md:12-15". */
  at({ from, to }: Span): string {
    return `${this.name}:${from}${to > from ? `-${to}` : ""}`;
  }

  /** The lines themselves, without common indent and what only marks code. */
  quote({ from, to }: Span): string[] {
    const lines = this.lines.slice(Math.max(0, from - 1), to).filter((line) => !isMark(line));
    const indent = Math.min(
      ...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)),
      40,
    );
    const cut = lines.map((line) => line.slice(indent).trimEnd());
    return cut.filter((line, i) => line !== "" || (i > 0 && i < cut.length - 1));
  }

  /** As a comment: the place alone where all of its lines stand in the step itself, else the lines, too. */
  commentOn(span: Span, step: string): string[] {
    const text = flat(step.replaceAll("$${", "${"));
    const isThere = this.quote(span).every(
      (line) => text.includes(flat(bareLine(line))) || text.includes(flat(plainWords(bareLine(line)))),
    );
    return isThere ? [this.at(span)] : this.comment(span);
  }

  /** Place and lines as a comment. */
  comment(span: Span): string[] {
    const quoted = this.quote(span);
    const only = quoted[0];
    if (quoted.length === 1 && only !== undefined && only.length < 90) return [`${this.at(span)}: ${only}`];
    return [this.at(span), ...quoted.filter((line) => line !== "").map((line) => `  ${line}`)];
  }
}

/** Fences, rules and the line below a table's head carry nothing. */
const isMark = (line: string): boolean =>
  /^\s*:::\s*$|^\s*(?:>\s*)*(?:```|~~~)[\w{}:.="' -]*$|^\s*(?:[-*_]\s*){3,}$|^\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$/.test(
    line,
  );

/** Lines of the source that are found nowhere in the texts: neither as they stand nor as words without marks. */
export function notKept(source: Source, texts: readonly string[]): number[] {
  const all = flat(texts.join("\n").replaceAll("$${", "${"));
  return source.lines.flatMap((line, at) => {
    if (line.trim() === "" || isMark(line)) return [];
    const words = bareLine(line);
    const forms = [
      words,
      plainWords(words),
      words.replace(/^(?:\$|#|>|\w+@[\w.-]+:\S*[$#])\s+/, ""),
      words.replace(/\s*#+\s*$/, ""),
      words.replace(/\s*\\$/, ""),
    ];
    const isThere =
      forms.some((form) => all.includes(flat(form))) ||
      cells(words).every((cell) => all.includes(flat(cell)) || all.includes(flat(plainWords(cell))));
    return isThere ? [] : [at + 1];
  });
}

/** A line without what makes it a quote, an item, a heading, a comment of the shell. */
const bareLine = (line: string): string =>
  line.replace(/^[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?(?:\[[ xX]\]\s+)?(?:#+\s+)?/, "");

const cells = (line: string): string[] =>
  line.includes("|") ? line.split("|").map((cell) => cell.trim()) : [line];
/** Without the marks of comments and folds, so that a line is found wherever it was put. */
const flat = (text: string): string =>
  text
    .replaceAll(/\n\s*#+ ?/g, "\n")
    .replaceAll(/\\?\s+/g, " ")
    .trim();
