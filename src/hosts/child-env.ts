import type { Command } from "../step/command.ts";

export interface ChildEnvConfig {
  /** The environment every child gets: PATH, HOME, LANG and the like; never the operator's whole environment. */
  env: Record<string, string>;
  /** Looks a secret up by its vault key. */
  secret: (key: string) => string | undefined;
}

/** What marks begin with by which leftovers of a run are found. */
const MARK = "LIFEBOAT_";

/** The environment of a process of this machine. */
export function childEnv(config: ChildEnvConfig, command: Command): Record<string, string> {
  return { ...marked({ ...config.env, ...command.env }, command), ...secretEnv(config, command) };
}

/**
 * The environment a command gets at the far end, besides what is there: nothing of this machine's but the marks and the
 * language that hints are written for. PATH, HOME or TMPDIR of here mean nothing there.
 */
export function farEnv(config: ChildEnvConfig, command: Command): Record<string, string> {
  const own = Object.entries(config.env).filter(([name]) => name.startsWith(MARK) || name === "LC_MESSAGES");
  const env = { ...Object.fromEntries(own), ...command.env };
  return { ...marked(env, command), ...secretEnv(config, command) };
}

/** A service that is to stay does not bear the marks: nobody may take it for a leftover. */
function marked(env: Record<string, string>, { stays }: Command): Record<string, string> {
  if (stays !== true) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(MARK)));
}

function secretEnv(config: ChildEnvConfig, command: Command): Record<string, string> {
  return Object.fromEntries(
    Object.entries(command.secrets).flatMap(([name, key]) => {
      const value = config.secret(key);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
