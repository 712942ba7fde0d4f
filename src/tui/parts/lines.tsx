import { Box } from "ink";
import type { Spans } from "../text.ts";
import { Line } from "./line.tsx";

/** Lines one under the other, at most `rows` of them. */
export function Lines({ lines, rows }: { lines: readonly Spans[]; rows: number }) {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {lines.slice(0, rows).map((spans, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line of the screen is its place
        <Line key={at} spans={spans} />
      ))}
    </Box>
  );
}
