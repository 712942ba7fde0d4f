import { useState } from "react";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useTyped } from "../hooks/use-typed.ts";
import { cursorAfter } from "../list.ts";
import type { BarProps } from "../parts/bar.tsx";
import { Frame } from "../parts/frame.tsx";
import { typedLine } from "../parts/typed-line.ts";
import { prose } from "../rows.ts";
import { type Spans, wrapExact } from "../text.ts";

interface EditedCommandProps extends BarProps {
  /** "- …" went, "+ …" came. */
  diff: readonly string[];
  onRun: (because: string) => void;
  onBack: () => void;
  onStop: () => void;
}

/** What was changed in a command, before it is run. A reason may be given; it goes into the report. */
export function EditedCommand({ diff, onRun, onBack, onStop, ...bar }: EditedCommandProps) {
  const { theme } = useEnv();
  const { columns, rows } = useBody();
  const typed = useTyped();
  const [scrolled, setScrolled] = useState(0);
  const lines = diff.flatMap((line): Spans[] =>
    wrapExact(line, columns - 2).map((text) => [
      { text: ` ${text}`, tone: line.startsWith("+") ? "good" : "bad" },
    ]),
  );
  const ask: Spans[] = [
    [""],
    ...prose("Enter runs the command as it is now; what was changed is recorded.", columns, "ask"),
    typedLine("reason, may be empty: ", typed.text, columns, theme),
  ];
  const room = Math.max(1, rows - ask.length - 1);
  const page = lines.length <= room ? room : Math.max(1, room - 1);
  const last = Math.max(0, lines.length - page);
  const top = Math.min(scrolled, last);
  const keys = useKeys(
    "edited",
    {
      submit: () => onRun(typed.text.trim()),
      "not-yet": onBack,
      clear: typed.clear,
      stop: onStop,
      ...(last > 0 ? { scroll: (key) => setScrolled(cursorAfter(key, top, last + 1, page)) } : {}),
    },
    typed.onText,
  );
  const where: Spans = [{ text: ` lines ${top + 1} to ${top + page} of ${lines.length}`, tone: "quiet" }];
  return (
    <Frame
      {...bar}
      keys={keys}
      lines={[
        [" The command was, and is now:"],
        ...lines.slice(top, top + page),
        ...(last > 0 ? [where] : []),
        ...ask,
      ]}
    />
  );
}
