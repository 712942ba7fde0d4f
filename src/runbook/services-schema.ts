import { z } from "zod";
import { durationSchema as duration, idSchema as id } from "./common-schema.ts";
import { drillKey, stepKeys } from "./step-keys.ts";

/** Programs that stop and start services. */
export const MANAGER_NAMES = ["compose", "docker", "kubernetes", "systemd", "pm2"] as const;
export type ManagerName = (typeof MANAGER_NAMES)[number];

/** A word that no program takes for an option and no shell takes apart. */
const serviceName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.@:/\\-]*$/, "a service's name is one word of letters, digits and . _ @ : / -");

/** Which services, also for `wait`. */
export const serviceKeys = {
  host: id.default("local"),
  manager: z
    .enum(MANAGER_NAMES)
    .optional()
    .describe("the program that controls them; default by the host's kind; needed on local and ssh hosts"),
  names: z
    .array(serviceName)
    .default([])
    .describe(
      "services, containers, units, or for kubernetes deployment/redis, statefulset/postgres; default: the host's own service or container, for compose else all of the project",
    ),
};

export const servicesStepSchema = z.strictObject({
  ...stepKeys,
  kind: z.literal("services"),
  ...serviceKeys,
  do: z
    .enum(["stop", "start", "restart", "up", "down"])
    .describe(
      "down: compose only; up: compose, and kubernetes, where it scales what is at 0 to replicas; a start after a stop of the same run starts exactly those that ran before it",
    ),
  within: duration
    .default("2m")
    .describe("how long it is waited for until they are down, or run as they should"),
  grace: duration
    .optional()
    .describe("compose, docker: how long they may take to end by themselves; default: as the manager has it"),
  recreate: z
    .boolean()
    .default(false)
    .describe("compose up: containers whose settings have changed are made anew; cannot be taken back"),
  replicas: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "kubernetes: how many; for start where no stop of the same run has recorded it, for up of what is at 0 (default 1)",
    ),
  file: z.string().optional().describe("pm2 start: the ecosystem file, absolute on other machines"),
  environment: z
    .string()
    .optional()
    .describe("pm2 start: the environment of the ecosystem file, e.g. production"),
  drill: drillKey.default("print"),
});
export type ServicesStep = z.infer<typeof servicesStepSchema>;
