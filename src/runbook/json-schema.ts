import { z } from "zod";
import { runbookSchema } from "./runbook-schema.ts";
import { systemSchema } from "./system-schema.ts";

export const FILE_KINDS = ["system", "runbook"] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export type JsonSchema = z.core.JSONSchema.BaseSchema;

const SCHEMAS = { system: systemSchema, runbook: runbookSchema };
const TITLES = { system: "Lifeboat system (system.yaml)", runbook: "Lifeboat runbook" };

/** The JSON Schema of what a person writes (before defaults), draft 7: what YAML language servers know best. */
export function jsonSchema(kind: FileKind): JsonSchema {
  const schema = z.toJSONSchema(SCHEMAS[kind], {
    io: "input",
    target: "draft-7",
    // A value may be a variable wherever a pattern applies to the value it becomes.
    override: ({ jsonSchema: node }) => {
      if (typeof node.pattern === "string" && node.pattern !== "")
        node.pattern = `(?:${node.pattern})|\\$\\{`;
    },
  });
  return { title: TITLES[kind], ...schema };
}

/** Both in one document: `#/definitions/system` and `#/definitions/runbook`; a file is one or the other. */
export function combinedJsonSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Lifeboat files",
    definitions: { system: bare("system"), runbook: bare("runbook") },
    anyOf: [{ $ref: "#/definitions/system" }, { $ref: "#/definitions/runbook" }],
  };
}

function bare(kind: FileKind): JsonSchema {
  const { $schema: _, ...rest } = jsonSchema(kind);
  return rest;
}
