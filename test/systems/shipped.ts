import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the systems that come with Lifeboat. */
export const SHIPPED = join(dirname(dirname(import.meta.dirname)), "runbooks");

/** Names of a system's runbooks. */
export const shippedRunbooks = (system: string): string[] =>
  readdirSync(join(SHIPPED, system))
    .filter((file) => file.endsWith(".yaml") && file !== "system.yaml")
    .map((file) => file.replace(".yaml", ""));
