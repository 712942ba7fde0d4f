export type StopReason = { kind: "timeout" | "silence"; limitMs: number } | { kind: "interrupted" };

/** Ends what takes longer than its timeout or says nothing for longer than its silence limit. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal;
  readonly #onOuter: () => void;
  #heard: number;
  reason: StopReason | undefined;

  constructor(limits: { timeoutMs: number; silenceMs: number }, mono: () => number, outer: AbortSignal) {
    const started = mono();
    this.#heard = started;
    this.#outer = outer;
    this.#onOuter = () => this.#stop({ kind: "interrupted" });
    outer.addEventListener("abort", this.#onOuter, { once: true });
    if (outer.aborted) this.#onOuter();
    const look = (): void => {
      if (mono() - started > limits.timeoutMs) this.#stop({ kind: "timeout", limitMs: limits.timeoutMs });
      else if (mono() - this.#heard > limits.silenceMs)
        this.#stop({ kind: "silence", limitMs: limits.silenceMs });
    };
    this.#timer = setInterval(look, Math.min(1000, limits.timeoutMs / 4, limits.silenceMs / 4));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(mono: number): void {
    this.#heard = mono;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#outer.removeEventListener("abort", this.#onOuter);
  }

  #stop(reason: StopReason): void {
    this.reason ??= reason;
    this.#controller.abort();
  }
}
