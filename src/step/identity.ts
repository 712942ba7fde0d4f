import { z } from "zod";

/**
 * Who the server says it is: read when the plan is confirmed and again before every irreversible command. Each kind of
 * store says what it can be told by ("systemIdentifier", "address", "run id" …).
 */
export const identitySchema = z.record(z.string(), z.union([z.string(), z.boolean()]));
export type Identity = z.infer<typeof identitySchema>;

/** "systemIdentifier" → "system identifier": names of parts as people read them. */
export function identityLabel(part: string): string {
  return part.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** "system identifier 7311, in recovery: no, address /run/postgresql:5432 …": what is known, in one line. */
export function identityInWords(identity: Identity): string {
  return Object.entries(identity)
    .filter(([, value]) => value !== "")
    .map(([part, value]) =>
      typeof value === "boolean"
        ? `${identityLabel(part)}: ${value ? "yes" : "no"}`
        : `${identityLabel(part)} ${value}`,
    )
    .join(", ");
}
