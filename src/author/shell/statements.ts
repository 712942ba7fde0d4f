/** One statement of a shell block, joined over its continuation lines. */
export interface Statement {
  text: string;
  /** Index of its first and last line within the block, from 0, with the comment above it. */
  from: number;
  to: number;
  /** What the comment lines right above it say, or what stands behind it, without "#". */
  comment: string[];
}

/** Control structures and functions: such a text runs as a whole or not at all. */
const STRUCTURE =
  /^\s*(?:if|for|while|until|case|select)\s|^\s*(?:function\s+)?[\w-]+\s*\(\)\s*\{?|^#!|^\s*\[\[?\s.*\]\s*&&\s*\{/m;

export const isProgram = (text: string): boolean => STRUCTURE.test(text);

/** `$ cmd`, `# cmd` in a console's session, `user@host:~$ cmd`. */
const PROMPT = /^\s*(?:[\w.-]+@[\w.-]+:[^\s$#]*[$#]|\$|>|%)\s+(?=\S)/;

/** Lines without prompts; in a session with prompts the other lines are output and become undefined. */
export function withoutPrompts(lines: readonly string[]): (string | undefined)[] {
  if (!lines.some((line) => PROMPT.test(line))) return [...lines];
  let continues = false;
  return lines.map((line) => {
    const isCommand = PROMPT.test(line) || continues || line.trim() === "" || line.startsWith("#");
    continues = isCommand && line.endsWith("\\");
    return isCommand ? line.replace(PROMPT, "") : undefined;
  });
}

/** Splits a block into statements. Comment lines go with the statement below them; those at the end stand alone. */
export function statements(block: string): { statements: Statement[]; rest: string[] } {
  const found: Statement[] = [];
  let comment: string[] = [];
  let above: number | undefined;
  const lines = withoutPrompts(block.split("\n"));
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || line.trim() === "") continue;
    const remark = /^\s*#+(?!!)\s?(.*)$/.exec(line)?.[1];
    if (remark !== undefined) {
      above ??= at;
      if (remark.trim() !== "") comment.push(remark.trim());
      continue;
    }
    const to = endOf(lines, at);
    const text = lines
      .slice(at, to + 1)
      .map((part) => part ?? "")
      .join("\n");
    const behind = to === at ? /\s#\s+([^#'"]+)$/.exec(line)?.[1]?.trim() : undefined;
    found.push({
      text,
      from: above ?? at,
      to,
      comment: behind === undefined ? comment : [...comment, behind],
    });
    [comment, above] = [[], undefined];
    at = to;
  }
  return { statements: found, rest: comment };
}

/** The last line of the statement that begins at `from`: continuation, open quotes, here-documents. */
function endOf(lines: readonly (string | undefined)[], from: number): number {
  let at = from;
  let text = lines[from] ?? "";
  while (
    at < lines.length - 1 &&
    (text.endsWith("\\") || hasOpenQuote(text) || /(?:\||&&|\|\|)\s*$/.test(text))
  ) {
    at += 1;
    text += `\n${lines[at] ?? ""}`;
  }
  const word = /<<-?\s*(["']?)(\w+)\1/.exec(text)?.[2];
  if (word === undefined) return at;
  const end = lines.findIndex((line, i) => i > at && line?.trim() === word);
  return end < 0 ? at : end;
}

function hasOpenQuote(text: string): boolean {
  let open: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\\" && open !== "'") at += 1;
    else if (open !== undefined) open = char === open ? undefined : open;
    else if (char === "#" && (at === 0 || /\s/.test(text.charAt(at - 1)))) return false;
    else if (char === '"' || char === "'") open = char;
  }
  return open !== undefined;
}
