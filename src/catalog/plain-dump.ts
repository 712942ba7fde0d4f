/** What is told by one statement, comment or command, with its place. */
export interface PlacedText {
  /** Starts at 1. */
  line: number;
  text: string;
}

/** A line of the preamble that a server or psql may refuse. Dropping it changes nothing that is restored. */
export interface PreambleRepair extends PlacedText {
  kind: "byte order mark" | "setting" | "restrict";
  why: string;
  /** First server version that knows the setting. */
  since?: string;
}

/**
 * Why a statement does not fit into one transaction: it begins or ends one of its own (pg_dump does so around large
 * objects), the server allows it only outside, or it reads or writes the server's files or starts programs there.
 */
export type Unframeable = "own transaction" | "outside a transaction" | "reaches out";

export interface CopyBlock {
  /** As written: public."Order Items". */
  table: string;
  rows: number;
  /** Of the first data byte, in the unpacked text. */
  offset: number;
  /** Of the data, without the end line. */
  length: number;
}

/** What one reading of a plain dump shows. */
export interface PlainDump {
  /** Unpacked. */
  bytes: number;
  dumpedFrom: string | undefined;
  dumpedBy: string | undefined;
  encoding: string | undefined;
  /** A dump of all databases (pg_dumpall), which cannot be restored into one. */
  wholeCluster: boolean;
  restrictToken: string | undefined;
  repairs: PreambleRepair[];
  /** psql commands outside of data and strings, without \restrict and \unrestrict. At most 100 are kept. */
  commands: PlacedText[];
  /** Statements that cannot run in the one transaction of a restore, with the reason. At most 100 are kept. */
  unframeable: (PlacedText & { why: Unframeable })[];
  /** Large objects: pg_dump writes them in a transaction of its own (BEGIN … COMMIT). */
  largeObjects: boolean;
  copies: CopyBlock[];
  /** INSERT statements; a dump made with --inserts has no COPY blocks. */
  inserts: number;
  tables: number;
  roles: string[];
  extensions: string[];
  createsDatabase: boolean;
  statements: number;
  /** Behind the last COPY block or INSERT: from here on come keys, indexes, constraints. undefined without data. */
  dataEnd: number | undefined;
  statementsAfterData: number;
  /** Offset of the line "PostgreSQL database dump complete"; nothing but blank space and comments is behind it. */
  trailer: number | undefined;
  /** Statements behind a trailer: a second dump, or something added by hand. */
  statementsAfterTrailer: number;
  unfinished:
    | { kind: "copy"; table: string; rows: number; brokenRow: boolean }
    | ({ kind: "statement" } & PlacedText)
    | undefined;
}

/** Nothing seen yet. */
export function emptyDump(): PlainDump {
  return {
    bytes: 0,
    dumpedFrom: undefined,
    dumpedBy: undefined,
    encoding: undefined,
    wholeCluster: false,
    restrictToken: undefined,
    repairs: [],
    commands: [],
    unframeable: [],
    largeObjects: false,
    copies: [],
    inserts: 0,
    tables: 0,
    roles: [],
    extensions: [],
    createsDatabase: false,
    statements: 0,
    dataEnd: undefined,
    statementsAfterData: 0,
    trailer: undefined,
    statementsAfterTrailer: 0,
    unfinished: undefined,
  };
}
