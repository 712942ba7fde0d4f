import { createContext, use } from "react";
import type { TickingClock } from "../clock.ts";
import type { KeyBus } from "../key-bus.ts";
import type { Scrollback } from "../scrollback.ts";
import type { Services } from "../services.ts";
import type { Move } from "../stack.ts";
import type { Size } from "../terminal-size.ts";
import type { Theme } from "../theme.ts";

/** What every screen may use; made once by the app. */
export interface Env {
  services: Services;
  theme: Theme;
  bus: KeyBus;
  clock: TickingClock;
  scrollback: Scrollback;
  move(move: Move): void;
  /** Ends the TUI with this exit code; the only way out. The lines become the end of the scrollback. */
  leave(exit: number, lines?: readonly string[]): void;
  /** Of the terminal. Asked for once, by the app: every line drawn needs it. */
  size: Size;
  /** Gives the whole terminal to another program until `work` settles; then the screens come back as they were. */
  takeDown<T>(work: () => Promise<T>): Promise<T>;
  /** The terminal's bell. */
  ring(): void;
  helpOpen: boolean;
  openHelp(open: boolean): void;
}

export const EnvContext = createContext<Env | undefined>(undefined);

export function useEnv(): Env {
  const env = use(EnvContext);
  if (!env) throw new Error("a screen was drawn outside the app");
  return env;
}
