import type { Mode } from "../step/mode.ts";
import type { StepResult } from "../journal/events.ts";

/** What a piece of text means; the theme says how that looks. Meaning never rests on it alone. */
export type Tone = "plain" | "strong" | "quiet" | "good" | "warn" | "bad" | "accent" | "ask";

/** Only the 16 named colours, so that every terminal shows them in its own, readable, palette. */
interface Look {
  color?: string;
  bold?: boolean;
  dimColor?: boolean;
}

export type Ornament = "cursor" | "cut" | "rule" | "full" | "empty" | "arrows" | "more";
export type StepWord = "waiting" | "next" | "gate" | "running" | StepResult;

export interface Theme {
  colour: boolean;
  looks: Record<Tone, Look>;
  modes: Record<Mode | "none", string | undefined>;
  ornaments: Record<Ornament, string>;
  glyphs: Record<StepWord, string>;
}

const LOOKS: Record<Tone, Look> = {
  plain: {},
  strong: { bold: true },
  quiet: { dimColor: true },
  good: { color: "green" },
  warn: { color: "yellow" },
  bad: { color: "red", bold: true },
  accent: { color: "cyan" },
  ask: { color: "yellow", bold: true },
};

const PLAIN_LOOKS: Record<Tone, Look> = {
  plain: {},
  strong: {},
  quiet: {},
  good: {},
  warn: {},
  bad: {},
  accent: {},
  ask: {},
};

const MODE_COLOURS: Theme["modes"] = { "dry-run": "cyan", drill: "yellow", live: "red", none: undefined };
const NO_MODE_COLOURS: Theme["modes"] = {
  "dry-run": undefined,
  drill: undefined,
  live: undefined,
  none: undefined,
};

const ORNAMENTS = {
  unicode: { cursor: "❯", cut: "…", rule: "─", full: "█", empty: "░", arrows: "↑↓", more: "⋮" },
  ascii: { cursor: ">", cut: "...", rule: "-", full: "#", empty: ".", arrows: "up/down", more: ":" },
  // For a screen reader: what would be read out as noise is left away, what carries meaning is a word.
  words: { cursor: "selected:", cut: "...", rule: "", full: "", empty: "", arrows: "up/down", more: "" },
} satisfies Record<string, Record<Ornament, string>>;

const GLYPHS = {
  unicode: {
    waiting: "·",
    next: "○",
    gate: "?",
    running: "▶",
    done: "✓",
    failed: "✗",
    skipped: "⊘",
    printed: "≡",
    cancelled: "■",
  },
  ascii: {
    waiting: ".",
    next: "o",
    gate: "?",
    running: ">",
    done: "+",
    failed: "x",
    skipped: "/",
    printed: "=",
    cancelled: "!",
  },
  words: {
    waiting: "",
    next: "",
    gate: "",
    running: "",
    done: "",
    failed: "",
    skipped: "",
    printed: "",
    cancelled: "",
  },
} satisfies Record<string, Record<StepWord, string>>;

/** How each state of a step is coloured; its word is what says it. */
export const STEP_TONES: Record<StepWord, Tone> = {
  waiting: "quiet",
  next: "plain",
  gate: "ask",
  running: "accent",
  done: "good",
  failed: "bad",
  skipped: "warn",
  printed: "plain",
  cancelled: "warn",
};

export interface ThemeOptions {
  /** LANG or LC_ALL say UTF-8. */
  unicode: boolean;
  /** false for NO_COLOR. */
  colour: boolean;
  screenReader?: boolean;
}

/** Pure: the composition root decides about locale and NO_COLOR, the theme is the consequence. */
export function makeTheme(options: ThemeOptions): Theme {
  const set = options.screenReader ? "words" : options.unicode ? "unicode" : "ascii";
  return {
    colour: options.colour,
    looks: options.colour ? LOOKS : PLAIN_LOOKS,
    modes: options.colour ? MODE_COLOURS : NO_MODE_COLOURS,
    ornaments: ORNAMENTS[set],
    glyphs: GLYPHS[set],
  };
}
