import { z } from "zod";

/**
 * Who the server says it is: read when the plan is confirmed and again before every irreversible command. Each kind of
 * store says what it can be told by ("systemIdentifier", "address", "run id" …).
 */
export const identitySchema = z.record(z.string(), z.union([z.string(), z.boolean()]));
export type Identity = z.infer<typeof identitySchema>;

/** What a store's host is told by, besides the server itself. */
export const HOST_PARTS = [
  "hostContainer",
  "hostImage",
  "hostEngine",
  "hostPod",
  "hostMachine",
  "hostNamespace",
] as const;

/** Whether it is another host than before: another container, engine, owner of the pod, or machine. */
export const isOtherHost = (before: Identity, now: Identity): boolean =>
  HOST_PARTS.some((part) => before[part] !== undefined && now[part] !== before[part]);

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
