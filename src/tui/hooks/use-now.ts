import { useSyncExternalStore } from "react";
import { useEnv } from "./use-env.ts";

/** The time, once a second. */
export function useNow(): Date {
  const { clock } = useEnv();
  return useSyncExternalStore(clock.subscribe, clock.snapshot);
}
