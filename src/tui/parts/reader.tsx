import { useState } from "react";
import { useBody } from "../hooks/use-body.ts";
import { type Handlers, useKeys } from "../hooks/use-keys.ts";
import { cursorAfter } from "../list.ts";
import type { Spans } from "../text.ts";
import type { BarProps } from "./bar.tsx";
import { Frame } from "./frame.tsx";

interface ReaderProps extends BarProps {
  lines: readonly Spans[];
  /** undefined where there is nothing to go back to. */
  onClose: (() => void) | undefined;
  scope?: "read" | "resume";
  handlers?: Handlers;
  /** Starts at the end and stays there while lines are added, until it is scrolled. */
  follow?: boolean;
}

/** Something longer than the screen, to be scrolled through. */
export function Reader({
  lines,
  onClose,
  handlers = {},
  follow = false,
  scope = "read",
  ...bar
}: ReaderProps) {
  const { rows } = useBody();
  const [scrolled, setScrolled] = useState<number>();
  const fits = lines.length <= rows;
  const page = Math.max(1, fits ? rows : rows - 1);
  const last = Math.max(0, lines.length - page);
  const top = Math.min(last, scrolled ?? (follow ? last : 0));
  const scroll = (key: string): void => {
    const to = cursorAfter(key, top, last + 1, page);
    setScrolled(follow && to === last ? undefined : to);
  };
  const keys = useKeys(scope, {
    ...(onClose ? { back: onClose } : {}),
    ...(fits ? {} : { scroll }),
    ...handlers,
  });
  const where: Spans = [
    { text: ` lines ${top + 1} to ${Math.min(lines.length, top + page)} of ${lines.length}`, tone: "quiet" },
  ];
  return <Frame {...bar} keys={keys} lines={[...lines.slice(top, top + page), ...(fits ? [] : [where])]} />;
}
