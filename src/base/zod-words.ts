import type { z } from "zod";

const SHOWN = 3;

/** What a schema found wrong, on one line: "artifact.sha256: Invalid input: expected string …; and 10 more". */
export function problemsInWords({ issues }: z.ZodError): string {
  const words = issues.slice(0, SHOWN).map(({ path, message }) => {
    const at = path.join(".");
    return at === "" ? message : `${at}: ${message}`;
  });
  return [...words, ...(issues.length > SHOWN ? [`and ${issues.length - SHOWN} more`] : [])].join("; ");
}
