import type { YAMLParseError } from "yaml";

const WORDS: Partial<Record<YAMLParseError["code"] | string, string>> = {
  TAB_AS_INDENT: "a tab is used to indent: YAML allows spaces only",
  DUPLICATE_KEY: "the same key is written twice",
  MULTIPLE_DOCS: 'a second document starts here ("---"): one file holds one system or one runbook',
  TAG_RESOLVE_FAILED: "tags (!name) are not supported",
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " on the same line: put the value in quotes, or on a line of its own',
  BAD_INDENT: "the indentation does not fit the lines around it",
  MULTILINE_IMPLICIT_KEY: 'this line is not "key: value": is the colon or a quote missing?',
  MISSING_CHAR: "something is missing here: a colon, comma, bracket or closing quote",
};

/** A YAML fault in words that say what to do. */
export function yamlWords(fault: Pick<YAMLParseError, "code" | "pos" | "message">, text: string): string {
  const at = fault.pos[0];
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const before = text.slice(lineStart, at + 1);
  if (
    fault.code !== "DUPLICATE_KEY" &&
    /[[{,:]\s*\$\{?$/.test(before) &&
    /[[{]/.test(before.replace(/\$\{/g, ""))
  )
    return 'a ${NAME} inside [ ] or { } must be in quotes: "${NAME}"';
  if (/^Missing closing ["']quote/.test(fault.message))
    return `a quote (${fault.message.charAt(16)}) was opened before this and never closed`;
  if (fault.message.includes("call stack")) return "is nested too deeply";
  if (text[at] === "\t") return "a tab is used to indent: YAML allows spaces only";
  return WORDS[fault.code] ?? `not valid YAML: ${lower(fault.message)}`;
}

const lower = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);
