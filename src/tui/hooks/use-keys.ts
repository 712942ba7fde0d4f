import { useEffectEvent, useLayoutEffect } from "react";
import type { Press } from "../key-bus.ts";
import { ACTIONS, type Action, type Scope } from "../key-table.ts";
import { actionFor } from "../keys.ts";
import { useEnv } from "./use-env.ts";

/** What each action does; only what is given works, and only that is shown on the bottom line. */
export type Handlers = Partial<Record<Action, (key: string) => void>>;

/** What the bottom line is made from. */
export interface KeysNow {
  scope: Scope;
  actions: ReadonlySet<Action>;
}

const named = (handlers: Handlers): ReadonlySet<Action> =>
  new Set(ACTIONS.filter((action) => handlers[action] !== undefined));

/**
 * Listens to the keys of one scope. `onText` gets what is typed or pasted and is no action.
 * The newest listener has all keys; the one below hears them again when it is gone.
 */
export function useKeys(scope: Scope, handlers: Handlers, onText?: (press: Press) => void): KeysNow {
  const { bus, helpOpen, openHelp } = useEnv();
  const all: Handlers = { ...(onText ? {} : { help: () => openHelp(true) }), ...handlers };
  const actions = named(all);
  const onPress = useEffectEvent((press: Press) => {
    if (helpOpen) return openHelp(false);
    const action = press.name === "paste" ? undefined : actionFor(scope, press.name, actions);
    if (action) all[action]?.(press.name);
    else onText?.(press);
  });
  // A layout effect, so that a key that follows at once finds the new screen and not the old one.
  useLayoutEffect(() => bus.subscribe((press) => onPress(press)), [bus]);
  return { scope, actions };
}
