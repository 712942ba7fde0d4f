import chalk from "chalk";
import { render } from "ink";
import { clean } from "../base/clean.ts";
import { EXIT } from "../base/exit-codes.ts";
import { App } from "./app.tsx";
import type { Choice, RunControl, Services } from "./services.ts";
import type { Screen } from "./stack.ts";
import { TerminalSize } from "./terminal-size.ts";
import { makeTheme } from "./theme.ts";
import type { Plan } from "../plan/plan-schema.ts";

/**
 * Where the TUI begins: `lifeboat`, `lifeboat practice`, `lifeboat run` with all, or all but the confirmation, given,
 * `lifeboat resume`, and `lifeboat watch` with a control that is read-only.
 */
export type Start =
  | { screen: "home" }
  | { screen: "practice" }
  | { screen: "choice"; choice: Choice }
  | { screen: "plan"; plan: Plan }
  | { screen: "run"; control: RunControl }
  | { screen: "resume"; run: string }
  | { screen: "watch"; control: RunControl };

export interface TuiOptions {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  start: Start;
  /** LANG or LC_ALL say UTF-8. */
  unicode: boolean;
  /** false for NO_COLOR. */
  colour: boolean;
  /** INK_SCREEN_READER: words, no ornaments. */
  screenReader?: boolean;
}

function firstScreen(start: Start): Screen {
  switch (start.screen) {
    case "home":
      return { kind: "home" };
    case "practice":
      return { kind: "practice" };
    case "choice":
      return { kind: "planning", choice: start.choice };
    case "plan":
      return { kind: "plan", plan: start.plan };
    case "resume":
      return { kind: "probing", run: start.run };
    case "run":
    case "watch":
      return { kind: "run", control: start.control };
  }
}

/**
 * Runs the TUI until the operator leaves it and resolves with the exit code, after the terminal has been given back.
 * Signals are the caller's; Ctrl-C arrives as a key. Rejects only for a bug in a screen.
 */
export async function runTui(services: Services, options: TuiOptions): Promise<number> {
  const { stdin, stdout, start, unicode, colour, screenReader = false } = options;
  // chalk, which ink draws with, does not look at NO_COLOR.
  if (!colour) chalk.level = 0;
  else if (chalk.level === 0) chalk.level = 1;
  let result: { exit: number; lines: readonly string[] } = { exit: EXIT.bug, lines: [] };
  // Before ink, so that it hears of a new size first; drawn at once, see there.
  const sizes = new TerminalSize(stdout, () => app.rerender(tree));
  const tree = (
    <App
      services={services}
      theme={makeTheme({ unicode, colour, screenReader })}
      sizes={sizes}
      start={firstScreen(start)}
      onLeave={(exit, lines) => {
        result = { exit, lines };
      }}
    />
  );
  const app = render(tree, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    isScreenReaderEnabled: screenReader,
  });
  await app.waitUntilExit();
  sizes.stop();
  // Past ink, so that a long path is one line for whoever copies it.
  if (result.lines.length > 0) stdout.write(`${result.lines.map(clean).join("\n")}\n`);
  return result.exit;
}
