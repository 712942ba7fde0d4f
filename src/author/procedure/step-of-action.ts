import { shellLine } from "../../base/quote.ts";
import { declarationOf } from "../../runbook/store-kinds/registry.ts";
import { guess } from "../draft.ts";
import { httpStep, type Made, manualStep, servicesStep, waitStep } from "../steps/make.ts";
import { migrateStep, queryStep } from "../steps/restore.ts";
import { oneLine } from "../../base/one-line.ts";
import { verbatim } from "../words.ts";
import { candidateOf } from "../found/candidate.ts";
import { urlVariableIn } from "../found/settings.ts";
import type { Estate, WrittenStore } from "../system-draft.ts";
import type { ActionPiece } from "./piece.ts";
import { isFillIn, shellStep, titleOfScript } from "./shell-step.ts";
import type { Topic } from "./scenarios.ts";

export interface Where {
  estate: Estate;
  system: string;
  topic: Topic;
  /** Whether a restore has been made before this piece. */
  isAfterRestore: boolean;
}

/** The step for a piece that no restore has taken over. */
export function stepOfAction(piece: ActionPiece, where: Where): Made {
  const { action, text, lead } = piece;
  const { estate, system } = where;
  if (isFillIn(text) && !["backup", "migrate", "wait"].includes(action.kind)) return byHand(piece);
  switch (action.kind) {
    case "services":
      return titled(servicesStep(action, estate.hosts, piece.cwd ?? piece.folder), lead);
    case "wait": {
      const store = estate.stores.find(({ candidate }) => candidate.kind === action.of);
      if (store !== undefined) return waitStep({ store: store.candidate.name });
      if (action.manager === undefined) return asShell(piece, where, true);
      return waitStep(
        { host: estate.hosts.ofManager(action.manager), names: action.names, manager: action.manager },
        action.within ?? "5m",
      );
    }
    case "http":
      return /\$\{?\w*(?:PASS|SECRET|TOKEN|KEY)/i.test(action.url) ||
        !/^(?:GET|HEAD|POST)$/.test(action.method)
        ? asShell(piece, where, false)
        : titled(httpStep(action), lead);
    case "migrate":
      return migrateStep(action.run, {
        cwd: piece.cwd ?? piece.folder,
        urlVariable: urlVariableIn(estate.look.env, /^postgres/),
        store: storeFor(estate, { kind: "postgres" }),
        system,
      });
    case "query":
      return query(piece, where);
    case "backup":
      return backup(piece, where);
    case "by-hand":
      return { ...byHand(piece), comment: [`by hand: ${action.because}`] };
    case "reads":
      return asShell(piece, where, true);
    case "part":
    case "restore":
    case "unknown":
      return asShell(piece, where, false);
  }
}

const storeFor = (
  { stores }: Estate,
  guessed: Parameters<typeof candidateOf>[1],
): WrittenStore | undefined => {
  const candidate = candidateOf(
    stores.map((one) => one.candidate),
    guessed,
  );
  return stores.find((one) => one.candidate === candidate);
};

const titled = (made: Made, lead: string): Made =>
  lead === "" ? made : { ...made, fields: { ...made.fields, title: verbatim(lead) } };

const byHand = ({ lead, text }: ActionPiece): Made => manualStep(lead || titleOfScript(text), text);

function asShell(piece: ActionPiece, { system, topic }: Where, isReading: boolean): Made {
  // What a recovery does not need is never run by itself.
  if (topic === "backup" && !isReading) return byHand(piece);
  return shellStep({
    script: piece.text,
    title: piece.lead,
    argv: piece.argv,
    cwd: piece.folder ?? piece.cwd,
    isFolder: piece.folder !== undefined,
    isReading,
    target: system,
  });
}

function query(piece: ActionPiece, where: Where): Made {
  if (piece.action.kind !== "query") return byHand(piece);
  const { store: said, sql } = piece.action;
  const store = storeFor(where.estate, said);
  const isKnown =
    store !== undefined && declarationOf(store.candidate.kind)?.actions.includes("query") === true;
  // A backslash command is psql's own.
  if (!isKnown || /^\s*\\/.test(sql) || /\$\(|`/.test(sql)) return asShell(piece, where, true);
  return queryStep(
    store.candidate.name,
    sql,
    piece.lead || titleOfQuery(sql, piece.action.tables),
    piece.prints === undefined
      ? guess({ "at-least": 1 }, "what the answer has to be; no number was found in the procedure")
      : guess({ equals: piece.prints }, "what the answer has to be, as the words below it say"),
  );
}

const titleOfQuery = (sql: string, tables: readonly string[]): string =>
  tables.length === 0 ? oneLine(sql, 60) : `Rows in ${tables.join(", ")}`;

/** A dump before the restore is a safety copy; elsewhere it is what `lifeboat backup` does. */
function backup(piece: ActionPiece, { estate, system, topic, isAfterRestore }: Where): Made {
  if (piece.action.kind !== "backup") return byHand(piece);
  const store = storeFor(estate, piece.action.store);
  const canCopy =
    store !== undefined && declarationOf(store.candidate.kind)?.actions.includes("safety-copy") === true;
  if (topic === "recovery" && canCopy && !isAfterRestore)
    return {
      wish: `copy-${store.candidate.name}`,
      comment: [],
      fields: {
        title: `Copy what is left of ${store.candidate.name}`,
        kind: "safety-copy",
        store: store.candidate.name,
        optional: guess(
          "there is no copy of what is damaged besides the old data that the restore keeps",
          "skip it where the server is gone",
        ),
      },
    };
  const name = store?.candidate.name;
  const instead =
    name === undefined
      ? ""
      : `${shellLine(["lifeboat", "backup", system, name])}\n\nThat takes the place of what the procedure says:\n\n`;
  return manualStep(
    name === undefined ? piece.lead || titleOfScript(piece.text) : `Back up ${name}`,
    `${instead}${piece.text}`,
  );
}
