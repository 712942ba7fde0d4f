import { lexer, type Token, type Tokens } from "marked";

export interface Span {
  /** Lines of the source, from 1. */
  from: number;
  to: number;
}

/** A piece of a procedure, in reading order; lists are taken apart into their items. */
export type Block = Span &
  (
    | { kind: "heading"; depth: number; text: string; bold?: true }
    /** `inItem`: it stands in an item of a list, by its indentation. */
    | { kind: "code"; lang: string; text: string; inItem?: true }
    | { kind: "prose"; text: string }
    | { kind: "item"; text: string; ordered: boolean; task: boolean; list: number }
    | { kind: "warning"; text: string }
    | { kind: "note"; text: string }
    | { kind: "table"; header: string[]; rows: string[][] }
  );

/** Reads Markdown. Every line that is not blank or mere decoration belongs to a block. */
export function blocksOf(markdown: string): Block[] {
  const reader = new Reader(markdown);
  reader.read();
  return reader.blocks;
}

const WARNING =
  /^[\s>*_[!:]*(?:⚠|🚨|❗|‼|⛔|🔥|(?:warning|caution|danger|important|attention|critical|never)\b(?=[\]*_:!.]|\s+[—–-]))/iu;
const NEVER = /^(?:\*\*)?(?:NEVER|DO NOT|DON'T|IMPORTANT|WARNING|CAUTION|DANGER)\b/;
const NOTE = /^[\s>*_[!:]*(?:ℹ|💡|📝|(?:note|tip|info|hint)\b(?=[\]*_:!.]))/iu;

class Reader {
  readonly blocks: Block[] = [];
  readonly #lines: string[];
  readonly #markdown: string;
  /** Where the next token is looked for: tokens come in the order of the source. */
  #line = 0;
  #list = 0;
  /** How many lists are around. */
  #depth = 0;

  constructor(markdown: string) {
    const plain = markdown.replaceAll(/\r\n?/g, "\n").replaceAll("\t", "    ");
    this.#lines = plain.split("\n");
    this.#markdown = plain;
  }

  read(): void {
    const matter = /^---\n([\s\S]*?\n)(?:---|\.\.\.)(?:\n|$)/.exec(this.#markdown);
    if (matter?.[1] !== undefined) this.#frontMatter(matter[1]);
    this.#tokens(
      lexer(matter === null ? this.#markdown : this.#markdown.slice(matter[0].length), { gfm: true }),
    );
  }

  /** Settings of the site that shows the document. */
  #frontMatter(text: string): void {
    const lines = text.trimEnd().split("\n");
    this.blocks.push({ kind: "prose", text: lines.join("\n"), from: 2, to: lines.length + 1 });
    this.#line = lines.length + 2;
  }

  #tokens(tokens: readonly Token[]): void {
    for (const token of tokens) this.#token(token);
  }

  #token(token: Token): void {
    switch (token.type) {
      case "heading":
        return this.#add(
          {
            kind: "heading",
            depth: (token as Tokens.Heading).depth,
            text:
              token.raw
                .split("\n")[0]
                ?.replace(/^\s*#+\s*|\s*#+\s*$/g, "")
                .trim() ?? "",
          },
          token.raw,
        );
      case "code":
        return this.#code(token as Tokens.Code);
      case "list":
        this.#list += 1;
        for (const item of (token as Tokens.List).items)
          this.#item(item, (token as Tokens.List).ordered, this.#list);
        return;
      case "table":
        return this.#table(token as Tokens.Table);
      case "blockquote":
        return this.#quote(token as Tokens.Blockquote);
      case "space":
      case "hr":
      case "checkbox":
        return;
      case "def":
        return this.#add({ kind: "note", text: token.raw.trim() }, token.raw);
      default:
        if (!this.#isHeading(token.raw)) this.#prose(token.raw);
        return;
    }
  }

  /** A line that is all bold stands for a heading below the one before. */
  #isHeading(raw: string): boolean {
    const bold = /^(?:\*\*|__)([^*_\n]+)(?:\*\*:?|__:?|:\*\*|:__)$/.exec(raw.trim())?.[1];
    if (bold === undefined || this.#depth > 0 || WARNING.test(raw.trim()) || NEVER.test(raw.trim()))
      return false;
    const above = this.blocks.findLast((block) => block.kind === "heading" && !block.bold);
    const depth = above?.kind === "heading" ? above.depth + 1 : 2;
    this.#add({ kind: "heading", depth, text: bold.replace(/:$/, ""), bold: true }, raw);
    return true;
  }

  #code(token: Tokens.Code): void {
    const isFenced = /^\s*(?:```|~~~)/.test(token.raw);
    const span = this.#span(token.raw);
    this.blocks.push({
      kind: "code",
      lang: (token.lang ?? "").trim().split(/[\s{]/)[0]?.toLowerCase() ?? "",
      text: token.text,
      ...(this.#depth > 0 ? { inItem: true } : {}),
      from: span.from + (isFenced ? 1 : 0),
      to: Math.max(span.from, span.to - (isFenced ? 1 : 0)),
    });
  }

  #item(item: Tokens.ListItem, ordered: boolean, list: number): void {
    const own: string[] = [];
    const rest: Token[] = [];
    for (const token of item.tokens) {
      const isText = token.type === "text" || token.type === "paragraph";
      if (isText && rest.length === 0) own.push(token.raw.trim());
      else if (token.type !== "space" && token.type !== "checkbox") rest.push(token);
    }
    const text = own.join("\n").replace(/^\[[ xX]\]\s+/, "");
    if (text !== "") this.#add({ kind: "item", text, ordered, task: item.task, list }, text);
    this.#depth += 1;
    this.#tokens(rest);
    this.#depth -= 1;
    this.#list = list;
  }

  #table(token: Tokens.Table): void {
    this.#add(
      {
        kind: "table",
        header: token.header.map(({ text }) => text),
        rows: token.rows.map((row) => row.map(({ text }) => text)),
      },
      token.raw,
    );
  }

  #quote(token: Tokens.Blockquote): void {
    const isPlain = token.tokens.every(
      ({ type }) => type === "paragraph" || type === "space" || type === "text",
    );
    if (!isPlain) {
      // Code and lists inside are steps like any other.
      this.#tokens(token.tokens);
      return;
    }
    const text = token.text.trim();
    const kind = WARNING.test(text) || NEVER.test(text) ? "warning" : NOTE.test(text) ? "note" : "prose";
    this.#add({ kind, text }, token.raw);
  }

  #prose(raw: string): void {
    const text = raw.trim();
    const command = /^`([^`]+)`$/.exec(text)?.[1];
    if (command !== undefined) return this.#add({ kind: "code", lang: "", text: command }, raw);
    if (text === "" || /^<!--[\s\S]*-->$/.test(text) === true)
      return text === "" ? undefined : this.#add({ kind: "note", text }, raw);
    const admonition = /^(?::::|!!!|\?\?\?\+?)\s*(\w+)/.exec(text)?.[1] ?? "";
    const isWarning =
      WARNING.test(text) ||
      NEVER.test(text) ||
      /^(?:warning|danger|caution|important|critical)$/i.test(admonition);
    const isNote = NOTE.test(text) || /^(?:note|tip|info|hint|details?)$/i.test(admonition);
    this.#add({ kind: isWarning ? "warning" : isNote ? "note" : "prose", text }, raw);
  }

  #add(block: DistributiveOmit<Block, "from" | "to">, raw: string): void {
    const span = this.#span(raw);
    this.blocks.push({ ...block, ...span });
  }

  /** Finds the lines of a token; what marks quotes and lists may stand before them. */
  #span(raw: string): Span {
    const wanted = raw.split("\n").map((line) => line.trim());
    const first = wanted.find((line) => line !== "") ?? "";
    const at = this.#lines.findIndex((line, i) => i >= this.#line && line.includes(first));
    const from = at < 0 ? this.#line : at;
    const count = raw.trim().split("\n").length;
    const to = Math.min(this.#lines.length - 1, from + count - 1);
    // A line may hold several tokens (a list mark and its text), so the last line is looked at again.
    this.#line = count > 1 ? to : from;
    return { from: from + 1, to: to + 1 };
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
