import { Box, Text } from "ink";
import { clean } from "../../base/clean.ts";
import { MODE_WORD, type Mode } from "../../step/mode.ts";
import { useEnv } from "../hooks/use-env.ts";
import { cutMiddle, width } from "../text.ts";

export interface BarProps {
  /** Before a mode is chosen a word stands in its place. */
  mode?: Mode | undefined;
  word?: string | undefined;
  title: string;
  right?: string | undefined;
}

/** A right side longer than this goes before the title is cut. */
const SHORT = 12;

/** The top line. The mode is a word in reverse video, in brackets where there is no reverse video. */
export function Bar({ mode, word, title, right = "" }: BarProps) {
  const { theme, size } = useEnv();
  const { columns } = size;
  const name = mode === undefined ? (word ?? "LIFEBOAT") : MODE_WORD[mode];
  const badge = theme.colour ? ` ${name} ` : `[${name}]`;
  const room = columns - width(badge) - 2;
  const end =
    room - width(clean(title)) - 2 >= width(clean(right)) || width(right) <= SHORT ? clean(right) : "";
  const middle = cutMiddle(clean(title), room - (end === "" ? 0 : width(end) + 2), theme.ornaments.cut);
  const gap = " ".repeat(Math.max(0, room - width(middle) - width(end)));
  const colour = theme.modes[mode ?? "none"];
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">
        <Text inverse bold {...(colour === undefined ? {} : { color: colour })}>
          {badge}
        </Text>
        {"  "}
        <Text {...theme.looks.strong}>{middle}</Text>
        {end === "" ? "" : gap + end}
      </Text>
    </Box>
  );
}
