import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { createLauncher } from "../../hosts/launcher.ts";
import { preparePractice, type PracticeEstate } from "../../practice/estate.ts";
import { DAMAGES } from "../../practice/damage.ts";
import { sweep } from "../../practice/sweep.ts";
import type { PracticeServices } from "../../tui/services.ts";
import { backupStore } from "./backup.ts";
import { runPlainly, type RunFlags } from "./run.ts";
import { leave, onSignals } from "../signals.ts";
import { childEnv, type World } from "../world.ts";
import { showTui } from "./tui.ts";

export interface PracticeFlags {
  auto: boolean;
  keep: boolean;
  remove: boolean;
  damage: string;
}

const SYSTEM = "practice";
const RUNBOOK = "database-lost";

/** The practice system must be the shipped one, and its client programs those of the server it starts. */
function practiceWorld(world: World): World {
  return { ...world, env: { ...world.env, LIFEBOAT_RUNBOOKS: world.shipped } };
}

async function build(
  world: World,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<PracticeEstate> {
  const launch = createLauncher({ env: childEnv(world), secret: () => undefined, allow: "everything" });
  const estate = await preparePractice({
    home: world.home,
    path: world.env["PATH"] ?? "",
    launch,
    takeBackup: async (tier, time, env) => {
      usePrograms(world, env);
      const { words } = await backupStore(world, SYSTEM, "database", { tier, time });
      onLine(`backup ${tier} ${time.toISOString().slice(0, 16).replace("T", " ")} UTC: ${words}`);
    },
    onLine,
    now: world.clock.now,
    signal,
  });
  usePrograms(world, estate.env);
  return estate;
}

const sayer =
  (world: World) =>
  (line: string): void =>
    void world.stdout.write(`practice: ${line}\n`);

/** The result above names undo and clean-up: they need the server. */
async function endOrKeep(world: World, estate: PracticeEstate, kept: boolean): Promise<void> {
  const say = sayer(world);
  if (kept) {
    estate.keep();
    say("the server goes on running, for lifeboat backups, run, undo and cleanup practice");
    say("the next practice replaces it; remove it with: lifeboat practice --remove");
    return;
  }
  await estate.remove(() => undefined);
  say("the server, its databases and backups are removed: nothing is left to undo or clean up");
  say("what the runs recorded stays; to keep the server too: lifeboat practice --keep");
}

function usePrograms(world: World, env: Record<string, string>): void {
  const path = world.env["PATH"] ?? "";
  const bin = env["PRACTICE_BIN"];
  if (bin !== undefined && !path.split(":").includes(bin)) world.env["PATH"] = `${bin}:${path}`;
}

async function unattended(
  world: World,
  flags: PracticeFlags,
  signal: AbortSignal,
  hold: (estate: PracticeEstate) => void,
): Promise<number> {
  const say = sayer(world);
  const estate = await build(world, say, signal);
  hold(estate);
  const damage = DAMAGES.find((one) => one.id === flags.damage);
  if (damage) say(`damage: ${damage.says}`);
  await estate.damage(flags.damage, say);
  const run: RunFlags = {
    mode: "live",
    backup: "latest",
    strategy: "swap",
    skipSafetyCopy: false,
    takeOver: false,
    leaveOut: [],
    because: undefined,
    onFailure: "stop",
    output: "plain",
    confirm: ["shop"],
    done: [],
  };
  return runPlainly(world, SYSTEM, RUNBOOK, run);
}

async function guided(
  world: World,
  signal: AbortSignal,
  hold: (estate: PracticeEstate) => void,
): Promise<number> {
  let estate: PracticeEstate | undefined;
  const services: PracticeServices = {
    prepare: async (onLine) => {
      estate ??= await build(world, onLine, signal);
      hold(estate);
    },
    damages: DAMAGES.map(({ id, title, says }) => ({ id, title, says })),
    damage: async (id, onLine) => {
      await estate?.damage(id, onLine);
    },
  };
  return showTui(
    world,
    { screen: "practice" },
    { confirm: [], done: [], skipSafetyCopy: undefined, onFailure: "stop" },
    services,
  );
}

async function removeOld(world: World): Promise<number> {
  const launch = createLauncher({ env: childEnv(world), secret: () => undefined, allow: "everything" });
  const said: string[] = [];
  await sweep(world.home, launch, (line) => void said.push(line), true);
  sayer(world)(said.length === 0 ? `there is nothing to remove in ${world.home}` : said.join("\npractice: "));
  return EXIT.done;
}

/** `lifeboat practice`: a throwaway estate, ready to be broken and restored; removed at the end. */
export async function practice(given: World, flags: PracticeFlags): Promise<number> {
  const world = practiceWorld(given);
  if (flags.remove) return removeOld(world);
  if (!DAMAGES.some((one) => one.id === flags.damage)) {
    throw new LifeboatError(EXIT.usage, {
      what: `unknown damage "${flags.damage}"`,
      next: `one of: ${DAMAGES.map((one) => one.id).join(", ")}`,
    });
  }
  const stop = new AbortController();
  let estate: PracticeEstate | undefined;
  const hold = (made: PracticeEstate): void => void (estate = made);
  const stopSignals = onSignals(
    () => stop.abort(),
    () => leave(EXIT.interrupted),
  );
  try {
    return flags.auto || !world.interactive
      ? await unattended(world, flags, stop.signal, hold)
      : await guided(world, stop.signal, hold);
  } finally {
    if (estate) await endOrKeep(world, estate, flags.keep);
    stopSignals();
  }
}
