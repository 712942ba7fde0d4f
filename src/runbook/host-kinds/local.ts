import { z } from "zod";
import { declareHost, hostKeys } from "./declaration.ts";

export const local = declareHost({
  schema: z
    .strictObject({
      ...hostKeys,
      kind: z.literal("local"),
      as: z.string().optional().describe("run commands as this user, by sudo without a password"),
    })
    .describe("this machine"),
  hops: (host) => (host.as === undefined ? [] : [{ via: "sudo", user: host.as }]),
});
