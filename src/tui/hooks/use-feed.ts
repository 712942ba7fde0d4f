import { useSyncExternalStore } from "react";
import type { RunFeed, RunView } from "../../journal/feed.ts";

/** The run as it stands, redrawn when it changes. */
export function useFeed(feed: RunFeed): RunView {
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}
