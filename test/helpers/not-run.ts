export interface Shortcomings {
  missing: readonly string[];
  /** What else keeps the suite from running, e.g. "no root: dockerd cannot be started". */
  otherwise?: string | undefined;
}

/** Starts the name of a suite that this machine cannot run; the reporter looks for it. */
export const NOT_RUN = "NOT RUN";

/** The name of a suite that cannot be run; nothing when it can. */
export function notRunTitle(name: string, { missing, otherwise }: Shortcomings): string | undefined {
  const reasons = [
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(", ")} (npm run provision installs them)`]),
    ...(otherwise === undefined ? [] : [otherwise]),
  ];
  return reasons.length === 0 ? undefined : `${NOT_RUN}: ${name}; ${reasons.join("; ")}`;
}
