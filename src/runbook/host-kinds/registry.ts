import { z } from "zod";
import { compose } from "./compose.ts";
import type { HostDeclaration } from "./declaration.ts";
import { docker } from "./docker.ts";
import { kubernetes } from "./kubernetes.ts";
import { local } from "./local.ts";
import { ssh } from "./ssh.ts";

/** Every kind of host. A new kind adds its lines here. */
const DECLARATIONS = { local, docker, compose, kubernetes, ssh } as const;

export const hostSchema = z
  .discriminatedUnion("kind", [local.schema, docker.schema, compose.schema, kubernetes.schema, ssh.schema])
  .describe("where commands run");
export type Host = z.infer<typeof hostSchema>;

/** Of a kind of host as a file names it; undefined for a kind nobody knows. */
export function hostDeclarationOf(kind: unknown): HostDeclaration | undefined {
  return Object.entries(DECLARATIONS).find(([known]) => known === kind)?.[1];
}
