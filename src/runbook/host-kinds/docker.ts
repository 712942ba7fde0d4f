import { z } from "zod";
import { declareHost, type HostProblem, hostKeys, ofKey, onKey } from "./declaration.ts";

export const engineKeys = {
  engine: z
    .string()
    .optional()
    .describe("the container engine, as docker --host takes it; default: the one docker itself would take"),
  context: z.string().optional().describe("a docker context, instead of engine"),
};

/** What a host says about its engine, without keys that are not given. */
export function engineOf(host: { engine?: string | undefined; context?: string | undefined }): {
  engine?: string;
  context?: string;
} {
  return {
    ...(host.engine === undefined ? {} : { engine: host.engine }),
    ...(host.context === undefined ? {} : { context: host.context }),
  };
}

/** docker takes only one of the two. */
export const engineProblems = ({ engine, context }: Readonly<Record<string, unknown>>): HostProblem[] =>
  engine !== undefined && context !== undefined
    ? [{ at: "context", says: '"engine" and "context" are both given: keep one of them' }]
    : [];

export const docker = declareHost({
  schema: z
    .strictObject({
      ...hostKeys,
      ...onKey,
      ...ofKey,
      ...engineKeys,
      kind: z.literal("docker"),
      container: z.string().min(1).optional().describe("the container's name"),
      as: z.string().optional().describe("run commands as this user of the container"),
    })
    .describe("a running container"),
  problems: engineProblems,
  hops: (host) =>
    host.container === undefined
      ? undefined
      : [
          {
            via: "docker",
            ...engineOf(host),
            container: host.container,
            ...(host.as === undefined ? {} : { user: host.as }),
          },
        ],
  services: (host) => ({ engine: engineOf(host) }),
});
