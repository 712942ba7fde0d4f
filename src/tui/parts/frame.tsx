import { Box } from "ink";
import type { ReactNode } from "react";
import { helpLines } from "../help-lines.ts";
import { bodyOf } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import type { KeysNow } from "../hooks/use-keys.ts";
import type { Spans } from "../text.ts";
import { Bar, type BarProps } from "./bar.tsx";
import { KeyLine } from "./key-line.tsx";
import { Lines } from "./lines.tsx";

interface FrameProps extends BarProps {
  keys: KeysNow;
  /** At most as many as `useBody` has rows; more are cut. */
  lines: readonly Spans[];
  /** Drawn under the lines; only for what is not lines, such as a select input. */
  children?: ReactNode;
}

/** Every screen: top line, body, keys. Never higher than rows − 1, because one row more would scroll the terminal. */
export function Frame({ keys, lines, children, ...bar }: FrameProps) {
  const { theme, helpOpen, size } = useEnv();
  const { columns, rows } = size;
  const body = bodyOf(columns, rows);
  const shown = helpOpen ? helpLines(keys, columns, theme) : lines;
  return (
    <Box flexDirection="column" maxHeight={Math.max(1, rows - 1)} overflow="hidden">
      <Bar {...bar} {...(helpOpen ? { title: "Keys here. Any key closes this.", right: "" } : {})} />
      {body.airy && <Box height={1} flexShrink={0} />}
      <Lines lines={shown} rows={body.rows} />
      {!helpOpen && children}
      {body.airy && <Box height={1} flexShrink={0} />}
      <KeyLine keys={keys} />
    </Box>
  );
}
