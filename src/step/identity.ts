import { z } from "zod";

/** Who the server says it is: read when the plan is confirmed and again before every irreversible command. */
export const identitySchema = z.strictObject({
  systemIdentifier: z.string(),
  inRecovery: z.boolean(),
  address: z.string().describe("host:port or socket directory as the server sees it"),
  dataDirectory: z.string().describe("empty when the role may not read it"),
  databaseOid: z.string().describe("0 when the database does not exist"),
  version: z.string(),
});
export type Identity = z.infer<typeof identitySchema>;
