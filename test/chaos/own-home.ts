import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Operator } from "../helpers/operator.ts";
import type { ChaosPlace } from "./chaos-store.ts";
import { killedAt } from "./killed-at.ts";

export interface OwnHomeOptions {
  n: number;
  /** The name to type. */
  confirm: string;
  backup: string;
  /** Further arguments of the live run. */
  args?: readonly string[];
  runbook?: string;
  /** What makes the store this place's. */
  env: Record<string, string>;
}

type OwnHome = Pick<ChaosPlace, "home" | "start" | "answers" | "lifeboat" | "clear">;

/** What every place has in common: a HOME of its own, which clear() removes, and in it the live run of one backup. */
export async function openOwnHome(operator: Operator, options: OwnHomeOptions): Promise<OwnHome> {
  const { n, confirm, backup, args = [], runbook = "lost" } = options;
  const home = join(operator.folder, `home-${n}`);
  await mkdir(home);
  const env = { ...options.env, HOME: home, LIFEBOAT_HOME: join(home, "lifeboat") };
  const answers = ["--confirm", confirm];
  return {
    home,
    start: ["run", operator.system, runbook, "--live", "--plain", "--backup", backup, ...args, ...answers],
    answers,
    lifeboat: (words, death) => operator.lifeboat(words, { ...env, ...killedAt(death) }),
    clear: () => rm(home, { recursive: true }),
  };
}
