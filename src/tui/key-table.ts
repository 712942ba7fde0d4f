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
  "checks",
  "header",
  "leave-out",
  "abandon",
  "mode",
  "scroll",
  "submit",
  "clear",
  "not-yet",
  "yes",
  "unfinished",
  "help",
] as const;
export type Action = (typeof ACTIONS)[number];

export type Scope =
  | "list"
  | "begin"
  | "plan"
  | "read"
  | "run"
  | "typed"
  | "filter"
  | "ask"
  | "decision"
  | "edited"
  | "resume"
  | "result"
  | "everywhere";

export interface KeyRow {
  action: Action;
  /** Names as `keyName` gives them. */
  keys: readonly string[];
  /** As written on the bottom line; "arrows" stands for the theme's. */
  label: string;
  /** One or two words for the bottom line. */
  does: string;
  /** The sentence in the help. */
  explains: string;
}

const row = (action: Action, keys: readonly string[], does: string, explains: string): KeyRow => ({
  action,
  keys,
  label: keys === MOVE || keys === ARROWS ? "arrows" : (keys[0] ?? ""),
  does,
  explains,
});

const MOVE = ["up", "down", "pageup", "pagedown", "home", "end", "j", "k"];
/** Where letters are text. */
const ARROWS = ["up", "down", "pageup", "pagedown"];

/** Every key of every screen. The bottom line, the help and the README are made from this table. */
export const KEYS: Record<Scope, readonly KeyRow[]> = {
  list: [
    row("go", ["g"], "go on", "go on with what each line says"),
    row("choose", ["enter"], "choose", "choose the marked line"),
    row("unfinished", ["u"], "unfinished", "go on with a run that was stopped before its end"),
    row("back", ["esc"], "back", "one screen back, nothing is changed"),
    row("move", MOVE, "move", "move the mark; also j and k, page up and down, home, end"),
    row("filter", ["/"], "filter", "show only lines that contain what you type"),
    row("stop", ["ctrl-c"], "stop", "ask whether to stop safely; the run can be resumed"),
  ],
  begin: [
    row("go", ["enter"], "start", "start what the screen describes"),
    row("back", ["esc"], "back", "one screen back, nothing is started"),
  ],
  plan: [
    row("go", ["g"], "go on", "go on to the gate; nothing is run yet"),
    row(
      "details",
      ["enter"],
      "whole step",
      "the marked step in full: every command, why, probe, checks, undo",
    ),
    row("back", ["esc"], "back", "back to the backups"),
    row(
      "header",
      ["i"],
      "in full",
      "target, backup, what is lost and kept, in full, where the screen is too small for it",
    ),
    row(
      "leave-out",
      ["x"],
      "leave out",
      "go without the marked optional part; the reason is typed, and the plan is made anew",
    ),
    row("move", MOVE, "move", "move the mark over the steps"),
    row("print", ["p"], "print", "print the whole plan into the scrollback, to read or copy"),
  ],
  read: [
    row("back", ["esc", "enter"], "back", "back to where you were"),
    row("stop", ["ctrl-c"], "stop", "ask whether to stop safely; the run can be resumed"),
    row("scroll", MOVE, "scroll", "scroll; also j and k, page up and down, home, end"),
  ],
  run: [
    row("go", ["g"], "answer", "open the question that the run waits for"),
    row(
      "stop",
      ["ctrl-c"],
      "stop",
      "ask whether to stop safely; pressed twice it stops safely; the run can be resumed",
    ),
    row("details", ["enter"], "details", "the marked step in full: commands, checks, what it found"),
    row("output", ["o"], "output", "the newest output of the marked step, as a whole screen"),
    row("look", ["esc"], "follow", "follow the running step again"),
    row("move", MOVE, "step", "mark another step; esc follows the running one again"),
  ],
  typed: [
    row("submit", ["enter"], "confirm", "confirm what you typed; it must be the name that is asked for"),
    row("not-yet", ["esc"], "not yet", "leave the question open and look around; nothing is answered"),
    row("stop", ["ctrl-c"], "stop", "ask whether to stop safely; the run can be resumed"),
    row("quit", ["ctrl-c"], "quit", "leave Lifeboat; nothing was run"),
    row("clear", ["ctrl-u"], "clear", "empty the line"),
  ],
  decision: [
    row(
      "choose",
      ["enter"],
      "choose",
      "do what the marked line says; what goes against the runbook, and undo when live, has to be typed first",
    ),
    row("back", ["esc"], "look around", "look at the run; the question stays open, nothing is decided"),
    row("details", ["i"], "in full", "the error, what has been changed so far, and each choice, in full"),
    row("output", ["o"], "output", "the newest output of the step that failed"),
    row("stop", ["ctrl-c"], "stop", "ask whether to stop safely; the run can be resumed"),
    row("move", MOVE, "move", "move the mark over the choices"),
  ],
  edited: [
    row("submit", ["enter"], "run this", "run the command as it was edited; the change is recorded"),
    row("not-yet", ["esc"], "back", "back to the choices; nothing is run, the edited text is kept"),
    row("scroll", ARROWS, "scroll", "scroll through the lines that went and came"),
    row("stop", ["ctrl-c"], "stop", "ask whether to stop safely; the run can be resumed"),
    row("clear", ["ctrl-u"], "clear", "empty the line"),
  ],
  resume: [
    row("go", ["enter"], "go on", "go on: to what has to be typed first, else to the run itself"),
    row("back", ["esc"], "back", "one screen back; the run stays as it was left"),
    row(
      "abandon",
      ["x"],
      "abandon",
      "say why nobody will go on with this run; it is no longer offered, nothing is undone",
    ),
    row("scroll", MOVE, "scroll", "scroll through what is known about the run"),
  ],
  filter: [
    row("submit", ["enter"], "keep filter", "keep the filter and go back to the list"),
    row("clear", ["esc"], "show all", "drop the filter"),
    row("quit", ["ctrl-c"], "quit", "leave Lifeboat; nothing was run"),
  ],
  ask: [
    row(
      "yes",
      ["y", "ctrl-c"],
      "stop safely",
      "stop safely: end the running command, keep the journal, leave the run resumable",
    ),
    row("back", ["esc", "n"], "go on", "do not stop; the run was never interrupted"),
  ],
  result: [
    row(
      "go",
      ["enter"],
      "plan the rest",
      "after a bring-up: plan the rest, now that the servers can be asked",
    ),
    row("leave", ["enter", "q"], "close", "close Lifeboat; the result stays in the scrollback"),
    row(
      "mode",
      ["m"],
      "another mode",
      "the same runbook once more, in another mode: after a dry run or a drill",
    ),
    row("checks", ["c"], "all checks", "every check of the run with what was expected and what was found"),
    row("again", ["b"], "break it again", "practice only: choose another damage"),
    row("scroll", MOVE, "scroll", "scroll through the result"),
  ],
  everywhere: [
    row("help", ["?"], "keys", "this help"),
    row("quit", ["q", "ctrl-c"], "quit", "leave Lifeboat, wherever nothing of yours is running"),
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
  decision: "A step failed: deciding",
  edited: "An edited command",
  resume: "Before a run is resumed",
  filter: "While filtering",
  ask: "Asked whether to stop",
  result: "The result",
  everywhere: "Everywhere",
};
