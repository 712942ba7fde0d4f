export interface Size {
  columns: number;
  rows: number;
}

/** Where the app learns how large the terminal is. The snapshot is the same object until the size changes. */
export interface SizeSource {
  subscribe(listener: () => void): () => void;
  snapshot(): Size;
}

/** Sizes of a terminal that tells none. */
const USUAL: Size = { columns: 80, rows: 24 };

/**
 * The size of a terminal, known before ink hears of a change when it is made before ink: ink redraws at once, and a
 * frame still made for the old, larger size would scroll half of itself into the scrollback.
 */
export class TerminalSize implements SizeSource {
  readonly #listeners = new Set<() => void>();
  readonly #stdout: NodeJS.WriteStream;
  readonly #onResize: () => void;
  #size: Size;

  /** `redraw` is called after the listeners and must draw before it returns. */
  constructor(stdout: NodeJS.WriteStream, redraw: () => void) {
    this.#stdout = stdout;
    this.#size = sizeOf(stdout);
    this.#onResize = () => {
      this.#size = sizeOf(stdout);
      for (const listener of this.#listeners) listener();
      redraw();
    };
    stdout.on("resize", this.#onResize);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): Size => this.#size;

  stop(): void {
    this.#stdout.off("resize", this.#onResize);
  }
}

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || USUAL.columns, rows: stdout.rows || USUAL.rows };
}
