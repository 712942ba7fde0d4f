import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Death } from "./die-at.ts";

const DIE_AT = join(dirname(fileURLToPath(import.meta.url)), "die-at.ts");

/** Environment in which the program kills itself where `death` says. */
export const killedAt = (death?: Death): Record<string, string> =>
  death === undefined ? {} : { NODE_OPTIONS: `--import=${DIE_AT}`, CHAOS_DIE: JSON.stringify(death) };
