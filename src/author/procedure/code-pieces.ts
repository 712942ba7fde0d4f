import { UNKNOWN } from "../shell/action.ts";
import { sqlAction } from "../shell/postgres.ts";
import { type Recognized, recognize } from "../shell/recognize.ts";
import { isProgram, type Statement, statements } from "../shell/statements.ts";
import type { Block } from "./blocks.ts";
import type { ActionPiece, Piece } from "./piece.ts";
import { isShell } from "./scenarios.ts";
import { numbered } from "./sections.ts";
import { isCrontab } from "./settings.ts";
import { leadWords } from "./text-pieces.ts";

type Code = Extract<Block, { kind: "code" }>;

const QUERIES = new Set(["sql", "postgresql", "pgsql", "psql"]);
const SHOWN = /^(?:|text|txt|output|plain|plaintext|log|mermaid|diagram)$/;

/** What a code block is: statements of a shell, a query, settings to be made by hand, or something shown. */
export function codePieces(block: Code, lead: string): Piece[] {
  const { text, from, to, lang } = block;
  const whole = { text, lead, from, to };
  if (isCrontab(block)) return [{ kind: "note", text, from, to }];
  if (QUERIES.has(lang)) return [{ kind: "action", action: sqlAction(text, { kind: "postgres" }), ...whole }];
  if (!isShell(lang, text))
    return [
      SHOWN.test(lang)
        ? { kind: "note", text, from, to }
        : { kind: "manual", title: lead || "Settings as the procedure has them", text, from, to },
    ];
  if (isProgram(text)) return [{ kind: "action", action: UNKNOWN, ...whole }];
  const split = statements(text);
  const found = split.statements.flatMap((statement, at) =>
    statementPieces(statement, block, at === 0 ? lead : ""),
  );
  const rest: Piece[] =
    split.rest.length === 0 ? [] : [{ kind: "note", text: split.rest.join("\n"), from: to, to }];
  return [...afterHand(found), ...rest];
}

/** SQL among shell lines, as people write it. */
const IS_SQL = /^\s*(?:SELECT|DROP DATABASE|CREATE DATABASE|ANALYZE|VACUUM)\s[\s\S]*;?\s*$/;

function statementPieces({ text, from, to, comment }: Statement, block: Code, lead: string): ActionPiece[] {
  const own = comment.length > 0 ? comment.join(" ") : lead;
  const parts: Recognized[] = IS_SQL.test(text)
    ? [{ action: sqlAction(text, { kind: "postgres" }) }]
    : recognize(text);
  // Half understood is not understood: then the statement stays whole.
  const whole =
    parts.length > 1 && parts.some(({ action }) => action.kind === "unknown") ? [{ action: UNKNOWN }] : parts;
  return whole.map((part) => ({
    kind: "action",
    text,
    lead: numbered(own).bare,
    from: block.from + from,
    to: block.from + to,
    ...part,
  }));
}

/** After a program in which somebody types, nobody knows where the rest of the block runs. */
function afterHand(pieces: readonly ActionPiece[]): Piece[] {
  const at = pieces.findIndex(({ action }) => action.kind === "by-hand" && action.because.includes("type"));
  if (at < 0) return [...pieces];
  return pieces.map((piece, i) =>
    i <= at ? piece : { ...piece, action: { kind: "by-hand", because: "it follows what is typed above" } },
  );
}

/** "Stop the application: `docker compose stop`": words and one command on a line. */
export function commandIn({
  text,
  from,
  to,
}: Extract<Block, { kind: "prose" | "item" }>): Piece[] | undefined {
  const [, words = "", command] = /^([^`]*?)[:,–—-]?\s*`([^`]+)`[.]?$/.exec(text) ?? [];
  if (command === undefined || !/\s/.test(command) || !isShell("", command)) return undefined;
  const pieces = codePieces({ kind: "code", lang: "sh", text: command, from, to }, leadWords(words));
  const isKnown = pieces.every(
    (piece) => piece.kind === "action" && !["unknown", "by-hand"].includes(piece.action.kind),
  );
  return isKnown ? pieces : undefined;
}
