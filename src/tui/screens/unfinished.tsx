import { ageInWords } from "../../base/duration.ts";
import { MODE_WORD } from "../../step/mode.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useList } from "../hooks/use-list.ts";
import { useNow } from "../hooks/use-now.ts";
import { Frame } from "../parts/frame.tsx";
import { labelled, listLines, marked, markWidth } from "../rows.ts";
import type { UnfinishedRun } from "../services.ts";
import { table } from "../table.ts";
import type { Spans } from "../text.ts";
import { filterLine } from "./home.tsx";

const COLUMNS = [
  { title: "mode", gives: 0 },
  { title: "system / runbook", gives: 0, flexible: true },
  { title: "stopped", gives: 1 },
  { title: "in step", gives: 2 },
] as const;

/** Several runs were stopped before their end: which one is gone on with? */
export function UnfinishedScreen({ runs }: { runs: UnfinishedRun[] }) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const room = Math.max(2, rows - 4);
  const list = useList({
    items: runs,
    text: (run) => `${run.run} ${MODE_WORD[run.mode]}`,
    rows: room,
    onChoose: ({ run }) => env.move({ type: "go", screen: { kind: "probing", run } }),
    handlers: menuKeys(env, true),
  });
  const cells = list.visible.map((run) => [
    MODE_WORD[run.mode],
    `${run.system} / ${run.runbook}`,
    `${ageInWords(now.getTime() - run.stoppedAt.getTime())} ago`,
    `${run.step} of ${run.steps}`,
  ]);
  const drawn = table(COLUMNS, cells, columns - markWidth(env.theme), env.theme.ornaments.cut);
  const lines: Spans[] = [
    [" ".repeat(markWidth(env.theme)), { text: drawn.head, tone: "quiet" }],
    ...listLines(list.visible, list.cursor, room, (run, on, at) =>
      marked(env.theme, on, [{ text: drawn.rows[at] ?? run.run, tone: on ? "strong" : "plain" }]),
    ),
    [""],
    ...filterLine(list.filter, list.typing),
    ...(list.chosen ? labelled("run", list.chosen.run, columns, "quiet", 4) : []),
  ];
  return <Frame title="Which run is gone on with?" keys={list.keys} lines={lines} />;
}
