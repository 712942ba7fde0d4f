/** One program with its words, as far as it can be read without running it. */
export interface Simple {
  words: string[];
  /** NAME=value before the program. */
  assigns: Record<string, string>;
  /** What `<` reads and `>` writes. */
  input?: string;
  output?: string;
  /** Text of a here-document. */
  document?: string;
}

/** Programs joined by "|". */
export type Pipeline = Simple[];

export interface Parsed {
  /** Joined by "&&" or ";", in order. */
  pipelines: Pipeline[];
  /** "||", "&", subshells and the like: then it is only understood as a whole. */
  isPlain: boolean;
}

type Token = { kind: "word"; text: string; quoted: boolean } | { kind: "op"; text: string };

const OPERATOR = /^(?:\|\||&&|\|&|;;|<<<|<<-?|>>|>&|<&|&>|[|;&<>()])/;

/** `<name>` is what a person has to fill in, and no redirection. */
const PLACEHOLDER = /^<[A-Za-z][\w .:*-]*>/;

/** Reads one statement. Variables and substitutions stay as they are written. */
export function parseStatement(statement: string): Parsed {
  const [head = "", ...more] = statement.replaceAll("\\\n", " ").split("\n");
  const heredoc = /<<-?\s*(["']?)(\w+)\1/.exec(head);
  const text = heredoc === null ? [head, ...more].join("\n") : head;
  const document =
    heredoc === null ? undefined : more.filter((line) => line.trim() !== heredoc[2]).join("\n");
  const tokens = tokensOf(text);
  return assemble(tokens, document);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest)?.[0];
    if (space !== undefined) {
      if (space.includes("\n")) tokens.push({ kind: "op", text: ";" });
      at += space.length;
      continue;
    }
    if (rest.startsWith("#")) {
      at += rest.indexOf("\n") < 0 ? rest.length : rest.indexOf("\n");
      continue;
    }
    const redirect = /^\d(?=[<>])/.exec(rest)?.[0];
    if (redirect !== undefined) at += 1;
    const operator = PLACEHOLDER.test(text.slice(at)) ? undefined : OPERATOR.exec(text.slice(at))?.[0];
    if (operator !== undefined) {
      tokens.push({
        kind: "op",
        text: redirect === "2" && operator.startsWith(">") ? `2${operator}` : operator,
      });
      at += operator.length;
      continue;
    }
    const word = wordAt(text, at);
    tokens.push({ kind: "word", text: word.text, quoted: word.quoted });
    at = word.end;
  }
  return tokens;
}

function wordAt(text: string, from: number): { text: string; end: number; quoted: boolean } {
  let [word, at, quoted] = ["", from, false];
  while (at < text.length) {
    const char = text.charAt(at);
    const placeholder = PLACEHOLDER.exec(text.slice(at))?.[0];
    if (placeholder !== undefined) {
      word += placeholder;
      at += placeholder.length;
      continue;
    }
    if (/[\s|;&<>()]/.test(char)) break;
    if (char === "'" || char === '"') {
      const end = closing(text, at);
      word +=
        char === "'" ? text.slice(at + 1, end) : text.slice(at + 1, end).replaceAll(/\\(["\\$`])/g, "$1");
      quoted = true;
      at = end + 1;
    } else if (text.startsWith("$(", at) || char === "`") {
      const end = char === "`" ? text.indexOf("`", at + 1) : parenthesis(text, at + 1);
      const stop = end < 0 ? text.length - 1 : end;
      word += text.slice(at, stop + 1);
      at = stop + 1;
    } else if (char === "\\") {
      word += text.charAt(at + 1);
      at += 2;
    } else {
      word += char;
      at += 1;
    }
  }
  return { text: word, end: Math.max(at, from + 1), quoted };
}

function closing(text: string, from: number): number {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; at += 1) {
    if (quote === '"' && text.charAt(at) === "\\") at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  return text.length;
}

function parenthesis(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "'" || char === '"') at = closing(text, at);
    else if (char === "(") depth += 1;
    else if (char === ")") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function assemble(tokens: readonly Token[], document: string | undefined): Parsed {
  const pipelines: Pipeline[] = [];
  let [isPlain, pipeline, simple] = [true, [] as Pipeline, emptySimple()];
  const endSimple = (): void => {
    if (simple.words.length > 0 || Object.keys(simple.assigns).length > 0) pipeline.push(simple);
    simple = emptySimple();
  };
  const endPipeline = (): void => {
    endSimple();
    if (pipeline.length > 0) pipelines.push(pipeline);
    pipeline = [];
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) continue;
    if (token.kind === "word") {
      addWord(simple, token.text);
      continue;
    }
    const next = tokens[at + 1];
    const operand = next?.kind === "word" ? next.text : undefined;
    if (token.text === "|") endSimple();
    else if (token.text === "&&" || token.text === ";") endPipeline();
    else if (token.text === "||" && operand === "true") at += 1;
    else if (/^(?:2?>[>&]?|&>|<|<<-?)$/.test(token.text) && operand !== undefined) {
      if (token.text === "<") simple.input = operand;
      if (token.text === ">" || token.text === ">>") simple.output = operand;
      if (token.text.startsWith("<<") && document !== undefined) simple.document = document;
      at += 1;
    } else isPlain = false;
  }
  endPipeline();
  return { pipelines, isPlain };
}

const emptySimple = (): Simple => ({ words: [], assigns: {} });

function addWord(simple: Simple, text: string): void {
  const assign = simple.words.length === 0 ? /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text) : null;
  if (assign === null) simple.words.push(text);
  else simple.assigns[assign[1] ?? ""] = assign[2] ?? "";
}
