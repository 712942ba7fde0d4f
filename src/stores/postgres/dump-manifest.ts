import { z } from "zod";
import type { ManifestParts } from "../../checks/manifest.ts";
import { sectionsOf } from "./dump-script.ts";
import { parseProblems, parseTables } from "./verify-judges.ts";

const serverSchema = z.object({ version: z.string(), systemIdentifier: z.string(), bytes: z.number() });

/** The manifest's own part from what the dump's session printed. Throws when a section is missing or no JSON. */
export function partsFrom(stdout: string, database: string): ManifestParts {
  const sections = sectionsOf(stdout);
  const json = (name: string): unknown => JSON.parse(sections.get(name) ?? "null");
  const { bytes, ...server } = serverSchema.parse(json("server"));
  return {
    server,
    bytes,
    database,
    settings: json("settings"),
    roles: json("roles"),
    shape: json("shape"),
    tables: parseTables(sections.get("tables") ?? ""),
    problems: parseProblems(sections.get("integrity") ?? ""),
  };
}
