import { randomBytes } from "node:crypto";
import type { Command } from "../step/command.ts";
import type { Hop } from "../step/hop.ts";
import { type ChildEnvConfig, farEnv } from "./child-env.ts";
import { CALL_MARK, farStart, farText, type FarInput } from "./far-text.ts";
import { argvOver, type Located } from "./hops/located.ts";
import type { Ways } from "./ways.ts";

/** A far command made ready: a process of this machine that carries it, and what that is told first. */
export interface FarCall {
  argv: string[];
  env: Record<string, string>;
  /** The first of what goes to its standard input. */
  text: string;
  nonce: string;
  located: readonly Located[];
}

/** Throws LifeboatError (exit 11) when a place on the way is not there. */
export async function farCall(
  config: ChildEnvConfig,
  ways: Ways,
  command: Command,
  input: FarInput,
): Promise<FarCall> {
  const hops = command.on ?? [];
  const located = await ways.find(hops);
  const nonce = randomBytes(16).toString("hex");
  const mark = command.stays === true ? {} : { [CALL_MARK]: nonce };
  const text = farText(command, { env: { ...farEnv(config, command), ...mark }, nonce, input });
  return {
    argv: argvOver(located, farStart(text, input)),
    env: { ...config.env, ...clientEnv(config, hops) },
    text,
    nonce,
    located,
  };
}

/** What the program that leads there asks for: credentials of a cluster. Never what the command itself is given. */
function clientEnv({ secret }: ChildEnvConfig, [first]: readonly Hop[]): Record<string, string> {
  const keys = first?.via === "kubernetes" ? first.cluster.secrets : {};
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, secret(key) ?? ""]));
}
