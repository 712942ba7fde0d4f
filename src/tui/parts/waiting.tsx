import { clock } from "../../base/duration.ts";
import type { Mode } from "../../step/mode.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { prose } from "../rows.ts";
import { Frame } from "./frame.tsx";

interface WaitingProps {
  title: string;
  mode?: Mode;
  word?: string;
  /** What is waited for, as a sentence. */
  what: string;
  /** What comes after. */
  next: string;
  since: number;
  /** Whether going back is safe while this goes on. */
  back: boolean;
}

/** A wait that says what for, for how long already, and what comes next. */
export function Waiting({ title, mode, word, what, next, since, back }: WaitingProps) {
  const env = useEnv();
  const now = useNow();
  const { columns } = useBody();
  const keys = useKeys("list", menuKeys(env, back));
  return (
    <Frame
      title={title}
      mode={mode}
      word={word}
      keys={keys}
      lines={[
        ...prose(`${what}, ${clock(now.getTime() - since)} so far.`, columns),
        ...prose(`Next: ${next}`, columns, "quiet"),
      ]}
    />
  );
}
