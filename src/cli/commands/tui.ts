import { EXIT } from "../../base/exit-codes.ts";
import type { PracticeServices, RunControl } from "../../tui/services.ts";
import type { Start } from "../../tui/run-tui.tsx";
import { leave, onSignals } from "../signals.ts";
import { type TuiFlags, tuiServices } from "../tui-services.ts";
import type { World } from "../world.ts";

function isUnicode(env: Record<string, string>): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return /utf-?8/i.test(locale);
}

/** The screens. Ink is loaded here and nowhere else: commands that draw nothing must not pay for it. */
export async function showTui(
  world: World,
  start: Start,
  flags: TuiFlags,
  practice?: PracticeServices,
): Promise<number> {
  const { runTui } = await import("../../tui/run-tui.tsx");
  const running = new Set<RunControl>();
  const services = tuiServices(
    world,
    flags,
    (run) => {
      running.add(run);
      void run.finished.finally(() => running.delete(run));
    },
    practice,
  );
  const stopSignals = onSignals(
    () => {
      const runs = [...running];
      for (const run of runs) run.interrupt();
      void Promise.allSettled(runs.map((run) => run.finished)).then(() => leave(EXIT.interrupted));
    },
    () => leave(EXIT.interrupted),
  );
  try {
    return await runTui(services, {
      stdin: world.stdin,
      stdout: world.stdout,
      start,
      unicode: isUnicode(world.env),
      colour: world.env["NO_COLOR"] === undefined || world.env["NO_COLOR"] === "",
      screenReader: world.env["INK_SCREEN_READER"] === "true",
    });
  } finally {
    stopSignals();
  }
}
