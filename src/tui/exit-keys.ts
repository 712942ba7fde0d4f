import { EXIT } from "../base/exit-codes.ts";
import type { Handlers } from "./hooks/use-keys.ts";
import type { Env } from "./hooks/use-env.ts";

/** Leaving and going back in menus, where nothing has been begun. Ctrl-C says so to the shell, as everywhere. */
export function menuKeys(env: Env, back: boolean): Handlers {
  return {
    quit: (key) => env.leave(key === "ctrl-c" ? EXIT.interrupted : EXIT.done),
    ...(back ? { back: () => env.move({ type: "back" }) } : {}),
  };
}
