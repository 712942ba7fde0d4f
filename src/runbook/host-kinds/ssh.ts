import { z } from "zod";
import { parseDuration } from "../../base/duration.ts";
import type { Hop } from "../../step/hop.ts";
import { isPort, portSchema } from "../common-schema.ts";
import { connectTimeoutKey, declareHost, hostKeys } from "./declaration.ts";

const schema = z
  .strictObject({
    ...hostKeys,
    ...connectTimeoutKey,
    kind: z.literal("ssh"),
    destination: z
      .string()
      .min(1)
      .describe(
        "user@machine, or a name from the ssh configuration; keys or an agent, never a typed password",
      ),
    port: portSchema.optional(),
    jump: z.string().optional().describe("user@machine to go through first, as ssh -J takes it"),
    config: z.string().optional().describe("an ssh configuration file instead of the user's own"),
    as: z.string().optional().describe("run commands there as this user, by sudo without a password"),
  })
  .describe("another machine, reached by ssh");

export const ssh = declareHost({
  schema,
  problems: ({ port, destination }) => [
    ...((typeof port === "string" || typeof port === "number") && !isPort(String(port))
      ? [{ at: "port", says: "the port is not a number from 1 to 65535" }]
      : []),
    // ssh would read it as an option.
    ...(typeof destination === "string" && destination.startsWith("-")
      ? [{ at: "destination", says: "a destination does not begin with a dash" }]
      : []),
  ],
  hops: (host) => {
    const hop: Hop = {
      via: "ssh",
      destination: host.destination,
      ...(host.port === undefined ? {} : { port: Number(host.port) }),
      ...(host.jump === undefined ? {} : { jump: host.jump }),
      ...(host.config === undefined ? {} : { config: host.config }),
      timeoutSeconds: Math.max(1, Math.ceil((parseDuration(host["connect-timeout"]) ?? 10_000) / 1000)),
    };
    return host.as === undefined ? [hop] : [hop, { via: "sudo", user: host.as }];
  },
});
