import { z } from "zod";
import { type Manifest, manifestSchema } from "../../checks/manifest.ts";
import { sectionsOf } from "./dump-script.ts";
import { parseProblems, parseTables } from "./verify-judges.ts";

const serverSchema = z.object({ version: z.string(), systemIdentifier: z.string(), bytes: z.number() });

type Known = Pick<Manifest, "system" | "store" | "environment" | "database" | "takenAt" | "artifact">;

/** The manifest from what the dump's session printed. Throws when a section is missing or not what it should be. */
export function manifestFrom(stdout: string, known: Known): Manifest {
  const sections = sectionsOf(stdout);
  const json = (name: string): unknown => JSON.parse(sections.get(name) ?? "null");
  const { bytes, ...server } = serverSchema.parse(json("server"));
  return manifestSchema.parse({
    lifeboat: 1,
    kind: "postgres",
    ...known,
    server,
    bytes,
    settings: json("settings"),
    roles: json("roles"),
    shape: json("shape"),
    tables: parseTables(sections.get("tables") ?? ""),
    problems: parseProblems(sections.get("integrity") ?? ""),
  });
}
