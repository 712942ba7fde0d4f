import { z } from "zod";
import { durationSchema as duration, idSchema as id } from "./common-schema.ts";
import { serviceKeys } from "./services-schema.ts";
import { drillKey, stepKeys as common } from "./step-keys.ts";

/** Waits until something is as it should be; it only looks. */
export const waitStepSchema = z.strictObject({
  ...common,
  kind: z.literal("wait"),
  store: id.optional().describe("the store whose server has to say who it is"),
  host: id.optional().describe("instead of store: the host whose services have to run"),
  manager: serviceKeys.manager,
  names: serviceKeys.names,
  within: duration.default("5m").describe("how long it is asked, again and again, before the step fails"),
  drill: drillKey.default("run"),
});
export type WaitStep = z.infer<typeof waitStepSchema>;
