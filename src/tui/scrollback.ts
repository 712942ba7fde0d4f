import type { Spans } from "./text.ts";

export interface LogLine {
  key: string;
  spans: Spans;
}

/** Finished things: each goes up into the terminal's scrollback once, as a single line, and is never redrawn. */
export class Scrollback {
  readonly #listeners = new Set<() => void>();
  readonly #keys = new Set<string>();
  #lines: readonly LogLine[] = [];
  #held: LogLine[] | undefined;

  /** A line whose key was logged before is left away, so that folding the same state twice logs it once. */
  append(lines: readonly LogLine[]): void {
    const fresh = lines.filter((line) => !this.#keys.has(line.key));
    if (fresh.length === 0) return;
    for (const line of fresh) this.#keys.add(line.key);
    if (this.#held) this.#held.push(...fresh);
    else this.#show(fresh);
  }

  /** While another program has the terminal nothing is drawn, and a line drawn then would be lost: it waits. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const waited = this.#held ?? [];
    this.#held = undefined;
    if (waited.length > 0) this.#show(waited);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): readonly LogLine[] => this.#lines;

  #show(lines: readonly LogLine[]): void {
    this.#lines = [...this.#lines, ...lines];
    for (const listener of this.#listeners) listener();
  }
}
