import { z } from "zod";
import type { ComposeProject } from "../../step/hop.ts";
import { declareHost, hostKeys, ofKey, onKey, programEnvKey } from "./declaration.ts";
import { engineKeys, engineOf, engineProblems } from "./docker.ts";

const schema = z
  .strictObject({
    ...hostKeys,
    ...onKey,
    ...ofKey,
    ...engineKeys,
    ...programEnvKey,
    kind: z.literal("compose"),
    program: z
      .enum(["docker compose", "docker-compose"])
      .optional()
      .describe("default: whichever is there, docker compose first"),
    files: z
      .array(z.string())
      .default([])
      .describe("compose files; default: those compose finds in the directory"),
    directory: z.string().optional().describe("the project's directory"),
    project: z
      .string()
      .optional()
      .describe("the project's name; default: as compose makes it of the directory"),
    "env-file": z.string().optional().describe("a dotenv file for the compose file's variables"),
    service: z
      .string()
      .optional()
      .describe("the service whose container it is; without it only services steps can use it"),
    number: z.number().int().min(1).default(1).describe("which of the service's containers, from 1"),
    as: z.string().optional().describe("run commands as this user of the container"),
  })
  .describe("the container of a compose service, or, without service, the project");
type ComposeHost = z.output<typeof schema>;

function projectOf(host: ComposeHost, secrets: Readonly<Record<string, string>>): ComposeProject {
  return {
    ...(host.program === undefined ? {} : { program: host.program }),
    files: host.files,
    ...(host.directory === undefined ? {} : { directory: host.directory }),
    ...(host.project === undefined ? {} : { project: host.project }),
    ...(host["env-file"] === undefined ? {} : { envFile: host["env-file"] }),
    secrets: { ...secrets },
  };
}

export const compose = declareHost({
  schema,
  problems: (host) => [
    ...engineProblems(host),
    ...(host["files"] === undefined && host["directory"] === undefined && host["of"] === undefined
      ? [{ at: "kind", says: 'which project? Give "files" or "directory"' }]
      : []),
  ],
  hops: (host, secrets) =>
    host.service === undefined
      ? undefined
      : [
          {
            via: "compose",
            ...engineOf(host),
            compose: projectOf(host, secrets),
            service: host.service,
            number: host.number,
            ...(host.as === undefined ? {} : { user: host.as }),
          },
        ],
  services: (host, secrets) => ({ compose: projectOf(host, secrets), engine: engineOf(host) }),
});
