import type { JournalEvent, Signal, Waiting } from "./events.ts";
import { applyEvent, emptyRunState, type RunState } from "./run-state.ts";

const TAIL_LINES = 200;

/** A step's newest output lines, and how many there were in all. */
export interface Tail {
  lines: readonly string[];
  total: number;
  /** Wall clock ms of the newest line: silence is measured from here. */
  lastAt: number;
}

export interface RunView {
  state: RunState;
  tails: ReadonlyMap<string, Tail>;
  progress: ReadonlyMap<string, { fraction: number; words: string }>;
}

type Listener = () => void;

/**
 * What a presenter watches: the fold of the journal plus the newest output lines.
 * Snapshots are immutable; listeners are called at most once every `batchMs` (events of the journal at once),
 * so that a command printing a gigabyte does not redraw for each line.
 */
export class RunFeed {
  readonly #listeners = new Set<Listener>();
  readonly #eventListeners = new Set<(event: JournalEvent) => void>();
  readonly #waitingListeners = new Set<(waiting: Waiting) => void>();
  readonly #tails = new Map<string, Tail>();
  readonly #progress = new Map<string, { fraction: number; words: string }>();
  readonly #now: () => number;
  readonly #batchMs: number;
  #state = emptyRunState();
  #view: RunView | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number, batchMs = 66) {
    this.#now = now;
    this.#batchMs = batchMs;
  }

  event(event: JournalEvent): void {
    this.#state = applyEvent(this.#state, event);
    // Listeners that look at the view with an event (a failed step's last lines) must not get the one before it.
    this.#view = undefined;
    for (const listener of this.#eventListeners) listener(event);
    this.#notify();
  }

  signal(signal: Signal): void {
    if (signal.type === "output") this.#keep(signal);
    else if (signal.type === "waiting") for (const listener of this.#waitingListeners) listener(signal);
    else this.#progress.set(signal.step, { fraction: signal.fraction, words: signal.words });
    this.#timer ??= setTimeout(() => this.#notify(), this.#batchMs);
  }

  /** The same object until something changed, as external stores must be. */
  snapshot = (): RunView => {
    this.#view ??= { state: this.#state, tails: new Map(this.#tails), progress: new Map(this.#progress) };
    return this.#view;
  };

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  onEvent(listener: (event: JournalEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** For presenters that write lines: a step that waits says so each time it gets another answer. */
  onWaiting(listener: (waiting: Waiting) => void): () => void {
    this.#waitingListeners.add(listener);
    return () => this.#waitingListeners.delete(listener);
  }

  #keep(signal: Extract<Signal, { type: "output" }>): void {
    const before = this.#tails.get(signal.step)?.lines ?? [];
    const lines = [...before, ...signal.lines].slice(-TAIL_LINES);
    this.#tails.set(signal.step, { lines, total: signal.total, lastAt: this.#now() });
  }

  #notify(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#view = undefined;
    for (const listener of this.#listeners) listener();
  }
}
