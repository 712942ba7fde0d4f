import { useState } from "react";
import { clock } from "../../base/duration.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { Frame } from "../parts/frame.tsx";
import { prose } from "../rows.ts";
import type { PracticeServices } from "../services.ts";
import type { Spans } from "../text.ts";

const SAYS = [
  "You are going to lose a database and get it back, on purpose, with the tools you would use on the night.",
  "Lifeboat starts a throwaway PostgreSQL server in a folder of its own, fills a small shop, and makes a backup. Then you choose how to break it, and recover it.",
  "Nothing of yours is touched. All of it is removed at the end.",
];

/** Says what is going to happen, then builds the estate with its progress, a line each. */
export function PracticeScreen({ practice }: { practice: PracticeServices }) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const [lines, setLines] = useState<readonly string[]>([]);
  const [since, setSince] = useState<number>();
  const begin = (): void => {
    setSince(env.services.now().getTime());
    practice
      .prepare((line) => setLines((before) => [...before, line]))
      .then(
        () => env.move({ type: "restart", screen: { kind: "damage" } }),
        (error: unknown) =>
          env.move({
            type: "restart",
            screen: { kind: "error", error, doing: "preparing the practice server" },
          }),
      );
  };
  const building = since !== undefined;
  const keys = useKeys("begin", {
    ...menuKeys(env, false),
    ...(building ? {} : { go: begin }),
  });
  const says = SAYS.flatMap((text): Spans[] => [...prose(text, columns), [""]]);
  const progress: Spans[] = building
    ? [
        ...prose(
          `Preparing, ${clock(now.getTime() - since)} so far. Next: choose a damage.`,
          columns,
          "strong",
        ),
        [""],
        ...lines.flatMap((line) => prose(`  ${line}`, columns)).slice(-Math.max(1, rows - 2)),
      ]
    : [[{ text: " Press enter to prepare it. It takes less than a minute.", tone: "strong" }]];
  return (
    <Frame
      word="PRACTICE"
      title={building ? "preparing" : "lose a database, get it back"}
      keys={keys}
      lines={building ? progress : [...says, ...progress]}
    />
  );
}
