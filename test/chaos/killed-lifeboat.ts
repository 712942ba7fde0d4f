import { startLifeboat, type Ran } from "../helpers/lifeboat.ts";
import type { Death } from "./die-at.ts";
import { DIE_AT } from "./ground.ts";

/** The real program with these variables, killed where `death` says. */
export function killedLifeboat(
  args: readonly string[],
  { env, cwd, death }: { env: Record<string, string>; cwd: string; death?: Death | undefined },
): Promise<Ran> {
  const preload = death ? { NODE_OPTIONS: `--import=${DIE_AT}`, CHAOS_DIE: JSON.stringify(death) } : {};
  return startLifeboat([...args], { env: { ...env, ...preload }, cwd }).ended;
}
