const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One hang-up or ctrl-c arrives several times: from the terminal, from npm, from the Node that started this one. */
const ONE_SIGNAL_MS = 300;

/**
 * First TERM, HUP or INT stops safely; a second one ends at once. What comes right behind another is the same one.
 * Returns the function that takes the handlers away.
 */
export function onSignals(
  stop: () => void,
  end: () => void,
  mono: () => number = () => performance.now(),
): () => void {
  let last: number | undefined;
  const handler = (): void => {
    const before = last;
    last = mono();
    if (before === undefined) stop();
    else if (last - before >= ONE_SIGNAL_MS) end();
  };
  for (const signal of SIGNALS) process.on(signal, handler);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handler);
  };
}

/** The only place that ends the process. */
export function leave(code: number): never {
  process.exit(code);
}

export function setExitCode(code: number): void {
  process.exitCode = code;
}
