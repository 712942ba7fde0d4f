import { ageInWords } from "../../base/duration.ts";
import { MODE_WORD } from "../../step/mode.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import type { Handlers } from "../hooks/use-keys.ts";
import { useList } from "../hooks/use-list.ts";
import { useNow } from "../hooks/use-now.ts";
import { Frame } from "../parts/frame.tsx";
import { listLines, marked, markWidth, prose } from "../rows.ts";
import type { SystemRow, UnfinishedRun } from "../services.ts";
import { table } from "../table.ts";
import type { Spans } from "../text.ts";
import type { Tone } from "../theme.ts";

const COLUMNS = [
  { title: "system", gives: 0, flexible: true },
  { title: "newest backup", gives: 0 },
  { title: "RPO", gives: 1 },
  { title: "last drill", gives: 2 },
] as const;

const ago = (date: Date, now: Date): string => `${ageInWords(now.getTime() - date.getTime())} ago`;

function cells(row: SystemRow, now: Date): string[] {
  if (row.problem !== undefined) return [row.name, "cannot be read", "", ""];
  const rpo = row.rpoMs === undefined ? "not set" : ageInWords(row.rpoMs);
  const met = row.rpoMet === undefined ? "" : row.rpoMet ? "  ok" : "  LATE";
  const drill = row.lastDrill;
  return [
    row.name,
    row.newestBackup ? ago(row.newestBackup, now) : "none found",
    rpo + met,
    drill ? `${ago(drill.at, now)}, ${drill.passed ? "passed" : "FAILED"}` : "never",
  ];
}

function tone(row: SystemRow): Tone {
  if (row.problem !== undefined || !row.newestBackup) return "bad";
  return row.rpoMet === false || row.lastDrill?.passed === false ? "warn" : "plain";
}

function banner(runs: readonly UnfinishedRun[], now: Date, columns: number): Spans[] {
  const [newest] = runs;
  if (!newest) return [];
  const more = runs.length > 1 ? `, and ${runs.length - 1} more` : "";
  const where = `${MODE_WORD[newest.mode]} ${newest.system} / ${newest.runbook}`;
  const text = `UNFINISHED: ${where}, stopped ${ago(newest.stoppedAt, now)} in step ${newest.step} of ${newest.steps}${more}`;
  return [...prose(text, columns, "ask"), ...prose(`run ${newest.run}`, columns, "quiet"), [""]];
}

/** Which system? With what a tired person needs to know about each: how old the backup is, and whether it was tried. */
export function HomeScreen({ systems, unfinished }: { systems: SystemRow[]; unfinished: UnfinishedRun[] }) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const head = banner(unfinished, now, columns);
  const room = Math.max(2, rows - head.length - 4);
  const [newest, ...others] = unfinished;
  const takeUp: Handlers =
    newest === undefined
      ? {}
      : {
          unfinished: () =>
            env.move({
              type: "go",
              screen:
                others.length === 0
                  ? { kind: "probing", run: newest.run }
                  : { kind: "unfinished", runs: unfinished },
            }),
        };
  const list = useList({
    items: systems,
    text: (row) => `${row.name} ${row.title}`,
    rows: room,
    onChoose: (system) => {
      if (system.problem === undefined) env.move({ type: "go", screen: { kind: "runbook", system } });
    },
    handlers: { ...menuKeys(env, false), ...takeUp },
  });
  const mark = env.theme.ornaments.cut;
  const drawn = table(
    COLUMNS,
    list.visible.map((row) => cells(row, now)),
    columns - markWidth(env.theme),
    mark,
  );
  const below = list.chosen?.problem ?? list.chosen?.title ?? "";
  const lines: Spans[] = [
    ...head,
    [" ".repeat(markWidth(env.theme)), { text: drawn.head, tone: "quiet" }],
    ...listLines(list.visible, list.cursor, room, (row, on, at) =>
      marked(env.theme, on, [{ text: drawn.rows[at] ?? row.name, tone: on ? "strong" : tone(row) }]),
    ),
    ...(systems.length === 0
      ? prose("No system was found. A system is a folder with a system.yaml.", columns)
      : []),
    [""],
    ...filterLine(list.filter, list.typing),
    ...prose(below, columns, list.chosen?.problem === undefined ? "quiet" : "bad"),
  ];
  return <Frame title="Which system?" right={env.services.operator} keys={list.keys} lines={lines} />;
}

/** Shown wherever a list is filtered, because a filter one forgot hides what one looks for. */
export function filterLine(filter: string | undefined, typing: boolean): Spans[] {
  if (filter === undefined && !typing) return [];
  return [[" filter: ", { text: filter ?? "", tone: "strong" }, typing ? "_" : "   (esc shows all)"]];
}
