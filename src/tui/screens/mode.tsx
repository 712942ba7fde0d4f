import { MODE_WORD, type Mode, MODES } from "../../step/mode.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useList } from "../hooks/use-list.ts";
import { Frame } from "../parts/frame.tsx";
import { marked, markWidth } from "../rows.ts";
import { type Spans, wrapProse } from "../text.ts";
import type { Tone } from "../theme.ts";

const SAYS: Record<Mode, { short: string; long: string; tone: Tone }> = {
  "dry-run": {
    short: "looks and prints, changes nothing",
    long: "Runs the read-only steps for real, prints every other command, and says what could not be known before running.",
    tone: "accent",
  },
  drill: {
    short: "restores into a scratch copy",
    long: "Restores for real beside the real target and proves the copy. The real data is not touched, the scratch copy is removed at the end.",
    tone: "warn",
  },
  live: {
    short: "the real recovery of the real target",
    long: "Changes the real target, behind a gate where its name is typed. The old data is kept until you remove it.",
    tone: "bad",
  },
};

/** How far shall it go? The mark starts on the mode that touches nothing. */
export function ModeScreen({ system, runbook, back }: { system: string; runbook: string; back: boolean }) {
  const env = useEnv();
  const { columns } = useBody();
  const list = useList({
    items: MODES,
    text: (mode) => mode,
    rows: MODES.length,
    onChoose: (mode) => env.move({ type: "go", screen: { kind: "backup", system, runbook, mode } }),
    handlers: menuKeys(env, back),
  });
  const explained = list.chosen === undefined ? "" : SAYS[list.chosen].long;
  const indent = markWidth(env.theme);
  const lines: Spans[] = [
    ...list.visible.map((mode, at) =>
      marked(env.theme, at === list.cursor, [
        { text: MODE_WORD[mode].padEnd(9), tone: SAYS[mode].tone },
        { text: SAYS[mode].short, tone: at === list.cursor ? "strong" : "plain" },
      ]),
    ),
    [""],
    ...wrapProse(explained, columns - indent - 1).map((line): Spans => [" ".repeat(indent) + line]),
  ];
  return <Frame title={`${system} / ${runbook}: which mode?`} keys={list.keys} lines={lines} />;
}
