/** One timer for everything on screen that counts seconds; it runs only while somebody watches it. */
export class TickingClock {
  readonly #listeners = new Set<() => void>();
  readonly #read: () => Date;
  #now: Date;
  #timer: NodeJS.Timeout | undefined;

  constructor(read: () => Date) {
    this.#read = read;
    this.#now = read();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#tick(), 1000);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  /** The same object between ticks, as external stores must be. */
  snapshot = (): Date => {
    if (this.#timer === undefined) this.#refresh();
    return this.#now;
  };

  #tick(): void {
    this.#refresh();
    for (const listener of this.#listeners) listener();
  }

  #refresh(): void {
    const now = this.#read();
    if (Math.abs(now.getTime() - this.#now.getTime()) >= 250) this.#now = now;
  }
}
