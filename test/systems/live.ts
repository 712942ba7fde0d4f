/** Flags of a live run: the names that are typed at its gates, and the manual steps that are done. */
export const live = (targets: readonly string[], ...done: string[]): string[] => [
  "--live",
  ...targets.flatMap((target) => ["--confirm", target]),
  ...done.flatMap((step) => ["--done", step]),
];
