import { z } from "zod";
import { idSchema } from "./common-schema.ts";
import { drillKey, stepKeys } from "./step-keys.ts";

/** Takes a backup, in the place and under the name that system.yaml gives first. */
export const backupStepSchema = z.strictObject({
  ...stepKeys,
  kind: z.literal("backup"),
  store: idSchema,
  tier: z.string().default("daily").describe("for {tier} in the name"),
  format: z.string().optional().describe("default: what the name's ending says; one that the kind has"),
  drill: drillKey.default("print"),
});
export type BackupStep = z.infer<typeof backupStepSchema>;
