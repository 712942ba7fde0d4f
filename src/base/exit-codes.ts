/** Every exit code with its meaning: help, README and the tests read this table. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  invalid: 10,
  preflight: 11,
  failed: 20,
  undone: 21,
  undoFailed: 22,
  deviations: 23,
  red: 24,
  refused: 30,
  locked: 31,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANING: Record<ExitCode, string> = {
  0: "done, every check green",
  1: "a bug in Lifeboat",
  2: "wrong usage",
  10: "a runbook or system file is invalid",
  11: "preflight or backup gate failed; nothing was touched",
  20: "a step failed; the state is as the message says",
  21: "failed and undone",
  22: "undo failed",
  23: "done with deviations",
  24: "restored, but verification is red",
  30: "refused at a gate, or nobody to ask",
  31: "another run holds the lock (holder named)",
  130: "interrupted; resumable",
};
