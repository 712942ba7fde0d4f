import { render } from "ink-testing-library";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { App } from "../../src/tui/app.tsx";
import type { Screen } from "../../src/tui/stack.ts";
import { makeTheme } from "../../src/tui/theme.ts";
import type { FakeServices } from "./fake-services.ts";

const NAMED: Record<string, string> = {
  enter: "\r",
  esc: "\u001B",
  up: "\u001B[A",
  down: "\u001B[B",
  pagedown: "\u001B[6~",
  end: "\u001B[F",
  "ctrl-c": "\u0003",
  "ctrl-u": "\u0015",
  backspace: "\u007F",
};

export interface TestScreen {
  frame(): string;
  /** Everything that was written, piece by piece. */
  written(): string[];
  /** Waits until the screen shows it; the last frame is in the error when it never does. */
  until(shown: string | RegExp): Promise<string>;
  /** Presses a key, by name or as the character it types. */
  press(...keys: string[]): Promise<void>;
  /** Sends characters in one piece, as a slow line delivers them. */
  send(text: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves once the app has left. */
  left: Promise<{ exit: number; lines: readonly string[] }>;
  close(): void;
}

const shows = (frame: string, shown: string | RegExp): boolean =>
  typeof shown === "string" ? frame.includes(shown) : shown.test(frame);

/** The app on a made-up terminal, driven by keys. */
export function showApp(services: FakeServices, start: Screen, unicode = true): TestScreen {
  const { promise: left, resolve } = Promise.withResolvers<{ exit: number; lines: readonly string[] }>();
  let size = { columns: 80, rows: 24 };
  const listeners = new Set<() => void>();
  const sizes = {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => size,
  };
  const app = render(
    <App
      services={services}
      theme={makeTheme({ unicode, colour: true })}
      sizes={sizes}
      start={start}
      onLeave={(exit, lines) => resolve({ exit, lines })}
    />,
  );
  const frame = (): string => app.lastFrame() ?? "";
  const until = async (shown: string | RegExp): Promise<string> => {
    const end = Date.now() + 5000;
    while (!shows(frame(), shown)) {
      if (Date.now() > end) throw new Error(`never showed ${String(shown)}, last was:\n${frame()}`);
      await sleep(5);
    }
    // The frame is written before React has run its effects, and with them subscribed to the keys.
    await immediate();
    await immediate();
    return frame();
  };
  const resize = (columns: number, rows: number): void => {
    Object.defineProperty(app.stdout, "columns", { value: columns, configurable: true });
    Object.defineProperty(app.stdout, "rows", { value: rows, configurable: true });
    size = { columns, rows };
    for (const listener of listeners) listener();
    app.stdout.emit("resize");
  };
  resize(80, 24);
  return {
    frame,
    written: () => app.frames,
    until,
    resize,
    left,
    async press(...keys) {
      for (const key of keys) {
        app.stdin.write(NAMED[key] ?? key);
        // An escape alone is only known to be one when nothing follows it for 20 ms.
        await sleep(key === "esc" ? 40 : 5);
      }
    },
    send: (text) => app.stdin.write(text),
    close: () => app.unmount(),
  };
}
