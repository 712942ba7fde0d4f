import { hideSecrets, type Hidden } from "../hide-secrets.ts";
import { kindInWords, type StoreGuess } from "../store-guess.ts";
import { numbered, type Section, sectionsOf, walk } from "./sections.ts";
import { type Parts, partsOf, type Topic } from "./scenarios.ts";
import { withAssignments } from "./assignments.ts";
import { withFiles } from "./files-of-restores.ts";
import { withFolders } from "./folders.ts";
import type { Piece } from "./piece.ts";
import { piecesOf } from "./pieces.ts";
import { settingsOf, type Settings } from "./settings.ts";
import { Source } from "./source.ts";

/** A scenario of the procedure, taken apart. */
export interface ReadScenario {
  title: string;
  topic: Topic;
  line: number;
  pieces: Piece[];
}

/** All that a procedure says. Holds no secret. */
export interface Procedure {
  source: Source;
  title: string | undefined;
  scenarios: ReadScenario[];
  reference: Section[];
  settings: Settings;
  hidden: Hidden[];
  /** What its commands say of stores. */
  stores: StoreGuess[];
}

/** Text that asks for nothing is no runbook. */
const isActive = ({ pieces }: ReadScenario): boolean =>
  pieces.some(({ kind }) => kind === "action" || kind === "manual");

/** Reads a procedure in Markdown; `name` is how its lines are referred to. */
export function readProcedure(name: string, markdown: string): Procedure {
  const { text, hidden } = hideSecrets(markdown.replaceAll("\0", "").replace(/^\uFEFF/, ""));
  const document = sectionsOf(text);
  const parts: Parts = partsOf(document);
  const read = parts.scenarios.map(({ title, topic, section }) => ({
    title,
    topic,
    line: Math.max(1, section.line),
    pieces: withFiles(
      withAssignments(
        withFolders([...parts.warnings.filter(() => topic === "recovery"), ...piecesOf(section)]),
      ),
    ),
    section,
  }));
  const scenarios = read.filter(isActive).map(({ section: _section, ...scenario }): ReadScenario => scenario);
  const idle = read.filter((one) => !isActive(one)).flatMap(({ section }) => walk(section));
  const commands = scenarios.flatMap(({ pieces, topic }) => pieces.flatMap((piece) => storeOf(piece, topic)));
  const top = document.children.length === 1 ? document.children[0]?.title : undefined;
  return {
    source: new Source(name, text),
    title: top === undefined ? undefined : numbered(top).bare,
    scenarios,
    reference: [...parts.reference, ...idle],
    settings: settingsOf(document),
    hidden,
    stores: [
      ...commands,
      ...spokenOf(document).filter((guess) => !commands.some(({ kind }) => kind === guess.kind)),
    ],
  };
}

/** Stores that only headings speak of: "Backing up Redis". */
function spokenOf(document: Section): StoreGuess[] {
  const kinds = walk(document).flatMap(({ title }) =>
    /back(?:ing)? ?up|restor|recover/i.test(title) ? (kindInWords(title) ?? []) : [],
  );
  return [...new Set(kinds)].filter((kind) => kind !== "volume").map((kind) => ({ kind }));
}

/** What is restored counts as a store; what is only dumped counts as one, too: somebody thought it worth keeping. */
function storeOf(piece: Piece, topic: Topic): StoreGuess[] {
  if (piece.kind !== "action") return [];
  const { action } = piece;
  if (action.kind === "part") return action.store === undefined ? [] : [action.store];
  // A dump in a recovery is made for safety: it does not lie where the backups lie.
  if (action.kind === "backup")
    return [
      {
        ...action.store,
        ...(action.file === undefined || topic === "recovery" ? {} : { file: action.file }),
      },
    ];
  return action.kind === "restore" || (action.kind === "query" && action.store.kind !== "postgres")
    ? [action.store]
    : [];
}
