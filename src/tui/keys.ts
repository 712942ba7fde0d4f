import type { Key } from "ink";

/** What a key does, by name; a screen hands in a function for each action that is possible now. */
export const ACTIONS = [
  "move",
  "choose",
  "back",
  "quit",
  "leave",
  "filter",
  "details",
  "go",
  "print",
  "output",
  "stop",
  "look",
  "again",
  "scroll",
  "submit",
  "clear",
  "not-yet",
  "yes",
  "help",
] as const;
export type Action = (typeof ACTIONS)[number];

export type Scope =
  | "begin"
  | "list"
  | "plan"
  | "read"
  | "run"
  | "typed"
  | "filter"
  | "ask"
  | "result"
  | "everywhere";

export interface KeyRow {
  action: Action;
  /** Names as `keyName` gives them. */
  keys: readonly string[];
  /** As written on the bottom line; `arrows` stands for the theme's. */
  label: string;
  /** One or two words for the bottom line. */
  does: string;
  /** The sentence in the help. */
  explains: string;
}

const MOVE = ["up", "down", "pageup", "pagedown", "home", "end", "j", "k"] as const;
const SCROLL = { label: "arrows", does: "scroll", keys: MOVE } as const;

/** Every key of every screen. The bottom line, the help and the README are made from this table. */
export const KEYS: Record<Scope, readonly KeyRow[]> = {
  list: [
    { action: "choose", keys: ["enter"], label: "enter", does: "choose", explains: "choose the marked line" },
    {
      action: "move",
      keys: MOVE,
      label: "arrows",
      does: "move",
      explains: "move the mark; also j and k, page up and down, home, end",
    },
    {
      action: "filter",
      keys: ["/"],
      label: "/",
      does: "filter",
      explains: "show only lines that contain what you type",
    },
    {
      action: "back",
      keys: ["esc"],
      label: "esc",
      does: "back",
      explains: "one screen back, nothing is changed",
    },
    {
      action: "stop",
      keys: ["ctrl-c"],
      label: "ctrl-c",
      does: "stop",
      explains: "ask whether to stop safely; the run can be resumed",
    },
  ],
  begin: [
    {
      action: "go",
      keys: ["enter"],
      label: "enter",
      does: "start",
      explains: "start what the screen describes",
    },
    {
      action: "back",
      keys: ["esc"],
      label: "esc",
      does: "back",
      explains: "one screen back, nothing is started",
    },
  ],
  plan: [
    {
      action: "go",
      keys: ["g"],
      label: "g",
      does: "go on",
      explains: "go on to the gate; nothing is run yet",
    },
    {
      action: "details",
      keys: ["enter"],
      label: "enter",
      does: "whole step",
      explains: "the marked step in full: every command, why, probe, checks, undo",
    },
    { action: "move", keys: MOVE, label: "arrows", does: "move", explains: "move the mark over the steps" },
    {
      action: "print",
      keys: ["p"],
      label: "p",
      does: "print",
      explains: "print the whole plan into the scrollback, to read or copy",
    },
    { action: "back", keys: ["esc"], label: "esc", does: "back", explains: "back to the backups" },
  ],
  read: [
    { action: "scroll", ...SCROLL, explains: "scroll; also j and k, page up and down, home, end" },
    {
      action: "back",
      keys: ["esc", "enter"],
      label: "esc",
      does: "back",
      explains: "back to where you were",
    },
    {
      action: "stop",
      keys: ["ctrl-c"],
      label: "ctrl-c",
      does: "stop",
      explains: "ask whether to stop safely; the run can be resumed",
    },
  ],
  run: [
    {
      action: "go",
      keys: ["g"],
      label: "g",
      does: "answer the gate",
      explains: "open the question that the run waits for",
    },
    {
      action: "details",
      keys: ["enter"],
      label: "enter",
      does: "details",
      explains: "the marked step in full: commands, checks, what it found",
    },
    {
      action: "move",
      keys: MOVE,
      label: "arrows",
      does: "step",
      explains: "mark another step; esc follows the running one again",
    },
    {
      action: "output",
      keys: ["o"],
      label: "o",
      does: "output",
      explains: "the newest output of the marked step, as a whole screen",
    },
    {
      action: "look",
      keys: ["esc"],
      label: "esc",
      does: "follow",
      explains: "follow the running step again",
    },
    {
      action: "stop",
      keys: ["ctrl-c"],
      label: "ctrl-c",
      does: "stop",
      explains: "ask whether to stop safely; pressed twice it stops safely; the run can be resumed",
    },
  ],
  typed: [
    {
      action: "submit",
      keys: ["enter"],
      label: "enter",
      does: "confirm",
      explains: "confirm what you typed; it must be the name that is asked for",
    },
    { action: "clear", keys: ["ctrl-u"], label: "ctrl-u", does: "clear", explains: "empty the line" },
    {
      action: "not-yet",
      keys: ["esc"],
      label: "esc",
      does: "not yet",
      explains: "leave the question open and look around; nothing is answered",
    },
    {
      action: "stop",
      keys: ["ctrl-c"],
      label: "ctrl-c",
      does: "stop",
      explains: "ask whether to stop safely; the run can be resumed",
    },
    {
      action: "quit",
      keys: ["ctrl-c"],
      label: "ctrl-c",
      does: "quit",
      explains: "leave Lifeboat; nothing was run",
    },
  ],
  filter: [
    {
      action: "submit",
      keys: ["enter"],
      label: "enter",
      does: "keep filter",
      explains: "keep the filter and go back to the list",
    },
    { action: "clear", keys: ["esc"], label: "esc", does: "show all", explains: "drop the filter" },
  ],
  ask: [
    {
      action: "yes",
      keys: ["y", "ctrl-c"],
      label: "y or ctrl-c",
      does: "stop safely",
      explains: "stop safely: end the running command, keep the journal, leave the run resumable",
    },
    {
      action: "back",
      keys: ["esc", "n"],
      label: "esc",
      does: "go on running",
      explains: "do not stop; the run was never interrupted",
    },
  ],
  result: [
    {
      action: "leave",
      keys: ["enter", "q"],
      label: "enter",
      does: "close",
      explains: "close Lifeboat; the result stays in the scrollback",
    },
    { action: "scroll", ...SCROLL, explains: "scroll through the checks" },
    {
      action: "again",
      keys: ["b"],
      label: "b",
      does: "break it again",
      explains: "practice only: choose another damage",
    },
  ],
  everywhere: [
    { action: "help", keys: ["?"], label: "?", does: "keys", explains: "this help" },
    {
      action: "quit",
      keys: ["q", "ctrl-c"],
      label: "q",
      does: "quit",
      explains: "leave Lifeboat, wherever nothing is running; also ctrl-c",
    },
  ],
};

/** What each scope is called in the help and the README. */
export const SCOPE_TITLES: Record<Scope, string> = {
  begin: "Before something starts",
  list: "Choosing from a list",
  plan: "The plan",
  read: "Reading a step or output",
  run: "While a run is going on",
  typed: "Typing a confirmation",
  filter: "While filtering",
  ask: "Asked whether to stop",
  result: "The result",
  everywhere: "Everywhere",
};

const NAMED: readonly [keyof Key, string][] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "esc"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  ["delete", "backspace"],
];

/** One name for each key: "enter", "ctrl-c", "g", "?" … Letters keep their case. */
export function keyName(input: string, key: Key): string {
  const named = NAMED.find(([flag]) => key[flag] === true);
  if (named) return named[1];
  if (input === "\r" || input === "\n") return "enter";
  if (key.meta) return `alt-${input}`;
  return key.ctrl ? `ctrl-${input}` : input;
}

/** The action a key stands for in a scope, among those that are possible now. */
export function actionFor(scope: Scope, name: string, possible: ReadonlySet<Action>): Action | undefined {
  const rows = scope === "typed" || scope === "filter" ? KEYS[scope] : [...KEYS[scope], ...KEYS.everywhere];
  return rows.find((row) => possible.has(row.action) && row.keys.includes(name))?.action;
}

const escape = (text: string): string => text.replaceAll("|", "\\|");

/** The README's section on keys. */
export function keyTableMarkdown(): string {
  return Object.entries(KEYS)
    .map(([scope, rows]) => {
      const title = Object.entries(SCOPE_TITLES).find(([name]) => name === scope)?.[1] ?? scope;
      const lines = rows.map((row) => `| ${keysInWords(row)} | ${escape(row.explains)} |`);
      return [`**${title}**`, "", "| key | what it does |", "|---|---|", ...lines].join("\n");
    })
    .join("\n\n");
}

function keysInWords(row: KeyRow): string {
  const keys = row.label === "arrows" ? ["↑", "↓"] : row.keys;
  return keys.map((key) => `\`${key}\``).join(" ");
}
