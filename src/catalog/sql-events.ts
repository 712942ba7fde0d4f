/** What the lexer tells as it goes. Offsets are bytes, lines start at 1. */
export interface SqlEvents {
  /** A whole statement without its semicolon. Says whether psql reads COPY data after this line. */
  statement(statement: { text: string; line: number; end: number }): "copy" | undefined;
  /** A psql command (a backslash outside of strings) up to the end of its line. */
  command(command: { text: string; line: number }): void;
  comment(comment: { text: string; line: number; start: number }): void;
  /** A COPY block that was ended by `\.`. */
  copied(copy: { rows: number; start: number; length: number; end: number }): void;
}

/** What was open when the text ended. */
export type Unfinished =
  | { kind: "copy"; rows: number; start: number; brokenRow: boolean }
  | { kind: "statement"; text: string; line: number };
