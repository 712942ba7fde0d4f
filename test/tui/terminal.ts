import { spawn, type IPty } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { setTimeout as sleep } from "node:timers/promises";

const KEYS: Record<string, string> = {
  enter: "\r",
  esc: "\u001B",
  up: "\u001B[A",
  down: "\u001B[B",
  "ctrl-c": "\u0003",
};

/** A program (the fixture with its scenario, or any with its arguments) in a real pty, its output read by a terminal emulator: what a person would see. */
export class RealTerminal {
  readonly #term: InstanceType<typeof xterm.Terminal>;
  readonly #pty: IPty;
  readonly exited: Promise<number>;
  raw = "";

  constructor(
    file: string,
    given: object | readonly string[],
    columns: number,
    rows: number,
    env: Record<string, string> = {},
  ) {
    this.#term = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
    const { NO_COLOR: _, CI: __, ...rest } = process.env;
    const args = Array.isArray(given) ? given.map(String) : [JSON.stringify(given)];
    this.#pty = spawn(process.execPath, [file, ...args], {
      cols: columns,
      rows,
      name: "xterm-256color",
      env: { ...rest, TERM: "xterm-256color", ...env },
    });
    this.#pty.onData((data) => {
      this.raw += data;
      this.#term.write(data);
    });
    this.exited = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** The rows on screen, without what has scrolled away. */
  screen(): string[] {
    const { baseY } = this.#term.buffer.active;
    return this.#lines(baseY, baseY + this.#term.rows);
  }

  /** Everything that was ever printed and kept: scrollback and screen. */
  all(): string[] {
    return this.#lines(0, this.#term.buffer.active.length);
  }

  /** Rows on screen that are the continuation of the row above. */
  wrapped(): string[] {
    const buffer = this.#term.buffer.active;
    return this.screen().filter((_, at) => buffer.getLine(buffer.baseY + at)?.isWrapped === true);
  }

  /** Rows from the top line, found by its reverse video, to where the cursor rests under the last one. */
  liveRows(): number {
    const buffer = this.#term.buffer.active;
    const cursor = buffer.baseY + buffer.cursorY;
    for (let row = cursor; row >= 0; row -= 1)
      if (buffer.getLine(row)?.getCell(0)?.isInverse()) return cursor - row;
    return 0;
  }

  /** The words that stand in reverse video at the top left of the live part. */
  badge(): string {
    const buffer = this.#term.buffer.active;
    const top = buffer.baseY + buffer.cursorY - this.liveRows();
    const line = buffer.getLine(top);
    let text = "";
    for (let column = 0; line?.getCell(column)?.isInverse(); column += 1)
      text += line.getCell(column)?.getChars() ?? "";
    return text.trim();
  }

  /** What programs switch on and must switch off again. */
  modes(): { alternate: boolean; mouse: string; wraps: boolean } {
    const { mouseTrackingMode, wraparoundMode } = this.#term.modes;
    const alternate = this.#term.buffer.active.type === "alternate";
    return { alternate, mouse: mouseTrackingMode, wraps: wraparoundMode };
  }

  async until(shown: string | RegExp, patienceMs = 20_000): Promise<string> {
    const end = Date.now() + patienceMs;
    const found = (text: string): boolean =>
      typeof shown === "string" ? text.includes(shown) : shown.test(text);
    while (!found(this.screen().join("\n"))) {
      if (Date.now() > end) throw new Error(`never showed ${String(shown)}:\n${this.screen().join("\n")}`);
      await sleep(20);
    }
    return this.screen().join("\n");
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.#pty.write(KEYS[key] ?? key);
      await sleep(key === "esc" ? 60 : 15);
    }
  }

  resize(columns: number, rows: number): void {
    this.#term.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  end(): void {
    this.#pty.kill("SIGKILL");
    this.#term.dispose();
  }

  #lines(from: number, to: number): string[] {
    const buffer = this.#term.buffer.active;
    return Array.from(
      { length: to - from },
      (_, at) => buffer.getLine(from + at)?.translateToString(true) ?? "",
    );
  }
}
