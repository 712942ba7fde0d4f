import { inWords } from "../../base/duration.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useList } from "../hooks/use-list.ts";
import { Frame } from "../parts/frame.tsx";
import { labelled, listLines, marked, markWidth, prose } from "../rows.ts";
import type { RunbookRow, SystemRow } from "../services.ts";
import { table } from "../table.ts";
import type { Spans } from "../text.ts";
import { filterLine } from "./home.tsx";

const COLUMNS = [
  { title: "runbook", gives: 0 },
  { title: "what it does", gives: 0, flexible: true },
  { title: "steps", gives: 2, align: "right" },
  { title: "RTO", gives: 1, align: "right" },
] as const;

const cells = (row: RunbookRow): string[] => [
  row.name,
  row.title,
  String(row.steps),
  row.rtoMs === undefined ? "not set" : inWords(row.rtoMs),
];

/** What happened? Each runbook answers one scenario, which is shown for the marked one. */
export function RunbookScreen({ system, back }: { system: SystemRow; back: boolean }) {
  const env = useEnv();
  const { columns, rows } = useBody();
  const room = Math.max(2, rows - 6);
  const list = useList({
    items: system.runbooks,
    text: (row) => `${row.name} ${row.title} ${row.scenario}`,
    rows: room,
    onChoose: (runbook) =>
      env.move({ type: "go", screen: { kind: "mode", system: system.name, runbook: runbook.name } }),
    handlers: menuKeys(env, back),
  });
  const drawn = table(
    COLUMNS,
    list.visible.map(cells),
    columns - markWidth(env.theme),
    env.theme.ornaments.cut,
  );
  const lines: Spans[] = [
    [" ".repeat(markWidth(env.theme)), { text: drawn.head, tone: "quiet" }],
    ...listLines(list.visible, list.cursor, room, (row, on, at) =>
      marked(env.theme, on, [{ text: drawn.rows[at] ?? row.name, tone: on ? "strong" : "plain" }]),
    ),
    ...(system.runbooks.length === 0 ? prose("This system has no runbook yet.", columns) : []),
    [""],
    ...filterLine(list.filter, list.typing),
    ...(list.chosen ? labelled("use it when", list.chosen.scenario, columns, "plain", 12) : []),
  ];
  return (
    <Frame title={`${system.name}: which runbook?`} right={system.title} keys={list.keys} lines={lines} />
  );
}
