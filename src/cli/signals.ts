/** First TERM, HUP or INT stops safely; a second one ends at once. Returns the function that takes the handlers away. */
export function onSignals(stop: () => void, end: () => void): () => void {
  let seen = 0;
  const handler = (): void => {
    seen += 1;
    if (seen === 1) stop();
    else end();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, handler);
  return () => {
    for (const signal of signals) process.off(signal, handler);
  };
}

/** The only place that ends the process. */
export function leave(code: number): never {
  process.exit(code);
}

export function setExitCode(code: number): void {
  process.exitCode = code;
}
