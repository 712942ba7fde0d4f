import { setImmediate as immediate } from "node:timers/promises";
import type { Scrollback } from "./scrollback.ts";

export interface TakenDown {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  columns: number;
  scrollback: Scrollback;
  /** Ink's: erases the frame, gives back cursor, line mode and paste, and takes them again afterwards. */
  suspend(): Promise<{ resume(): Promise<void> }>;
}

/** What a program that was killed in the middle leaves switched on: colours, the other screen, keypad, mouse, no wrapping. */
const SANE =
  "\u001B[0m\u001B[?47l\u001B[?1l\u001B>\u001B[?1000l\u001B[?1002l\u001B[?1003l\u001B[?1006l\u001B[?7h";

/**
 * Takes the screens down for a program that needs the whole terminal, and brings them back when `work` settles.
 * Rejects as `work` does, with the screens back all the same.
 */
export async function takeDown<T>(taken: TakenDown, work: () => Promise<T>): Promise<T> {
  const { stdin, stdout, columns, scrollback, suspend } = taken;
  const isTerminal = "isTTY" in stdout && stdout.isTTY === true;
  scrollback.hold();
  try {
    // What was logged before is drawn first.
    await immediate();
    return await alone();
  } finally {
    scrollback.release();
  }

  async function alone(): Promise<T> {
    const screens = await suspend();
    try {
      // Node would go on reading what is typed, and the program would miss the first of it. A stream is paused only
      // after it has noticed that nobody listens any more, which takes it a turn.
      await immediate();
      stdin.pause();
      return await work();
    } finally {
      if (isTerminal) stdout.write(SANE + freshLine(columns));
      await screens.resume();
    }
  }
}

/** Goes to the next line where the cursor is not at the beginning of one: too many spaces wrap only then. */
function freshLine(columns: number): string {
  return `${" ".repeat(Math.max(0, columns - 1))}\r\u001B[K`;
}
