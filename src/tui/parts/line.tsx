import { Box, Text } from "ink";
import { useEnv } from "../hooks/use-env.ts";
import { fitSpans, type Spans } from "../text.ts";

/** One line of the screen. It is cleaned and cut to the terminal's width, so it is always one row high. */
export function Line({ spans }: { spans: Spans }) {
  const { theme, size } = useEnv();
  const { columns } = size;
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">
        {fitSpans(spans, columns, theme.ornaments.cut).map((span, at) =>
          typeof span === "string" ? (
            span
          ) : (
            // oxlint-disable-next-line react/no-array-index-key -- the pieces of a line have no other name
            <Text key={at} {...theme.looks[span.tone]}>
              {span.text}
            </Text>
          ),
        )}
      </Text>
    </Box>
  );
}
