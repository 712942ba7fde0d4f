import { useState } from "react";
import { cursorAfter } from "../list.ts";
import type { Handlers, KeysNow } from "./use-keys.ts";
import { useKeys } from "./use-keys.ts";

export interface List<T> {
  visible: readonly T[];
  cursor: number;
  chosen: T | undefined;
  /** What is typed after `/`; undefined while nothing is filtered. */
  filter: string | undefined;
  typing: boolean;
  keys: KeysNow;
}

interface ListOptions<T> {
  items: readonly T[];
  /** What the filter looks at. */
  text: (item: T) => string;
  rows: number;
  onChoose: (item: T) => void;
  /** Other keys of the screen. */
  handlers?: Handlers;
}

/** A list with a mark and, for more than a few lines, a filter. */
export function useList<T>({ items, text, rows, onChoose, handlers }: ListOptions<T>): List<T> {
  const [wanted, setCursor] = useState(0);
  const [filter, setFilter] = useState<string>();
  const [typing, setTyping] = useState(false);
  const needle = (filter ?? "").toLowerCase();
  const visible = needle === "" ? items : items.filter((item) => text(item).toLowerCase().includes(needle));
  const cursor = Math.max(0, Math.min(wanted, visible.length - 1));
  const chosen = visible[cursor];
  const stopFilter = (): void => {
    setFilter(undefined);
    setTyping(false);
  };
  const list: Handlers = {
    ...handlers,
    ...(chosen === undefined ? {} : { choose: () => onChoose(chosen) }),
    ...(visible.length > 1
      ? { move: (key) => setCursor(cursorAfter(key, cursor, visible.length, rows)) }
      : {}),
    ...(items.length > 3 ? { filter: () => setTyping(true) } : {}),
    ...(filter === undefined ? {} : { back: stopFilter }),
  };
  const typed: Handlers = {
    submit: () => setTyping(false),
    clear: stopFilter,
    ...(handlers?.quit ? { quit: handlers.quit } : {}),
  };
  const keys = useKeys(
    typing ? "filter" : "list",
    typing ? typed : list,
    typing
      ? (press) => {
          setFilter((before = "") =>
            press.name === "backspace" ? before.slice(0, -1) : before + press.text,
          );
          setCursor(0);
        }
      : undefined,
  );
  return { visible, cursor, chosen, filter, typing, keys };
}
