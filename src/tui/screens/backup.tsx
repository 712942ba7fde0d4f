import { ageInWords } from "../../base/duration.ts";
import { sizeInWords } from "../../base/size.ts";
import type { Mode } from "../../step/mode.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useList } from "../hooks/use-list.ts";
import { useNow } from "../hooks/use-now.ts";
import { Frame } from "../parts/frame.tsx";
import { listLines, marked, markWidth, prose } from "../rows.ts";
import type { BackupRow } from "../services.ts";
import { table } from "../table.ts";
import type { Spans } from "../text.ts";
import { filterLine } from "./home.tsx";

const COLUMNS = [
  { title: "age", gives: 0, align: "right" },
  { title: "taken (UTC)", gives: 1 },
  { title: "size", gives: 2, align: "right" },
  { title: "tier", gives: 3 },
  { title: "proof", gives: 0 },
  { title: "backup", gives: 4, flexible: true },
] as const;

function proof(row: BackupRow, now: Date): string {
  const manifest = row.hasManifest ? "manifest" : "no manifest";
  return row.verifiedAt
    ? `${manifest}, verified ${ageInWords(now.getTime() - row.verifiedAt.getTime())} ago`
    : manifest;
}

const cells = (row: BackupRow, now: Date): string[] => [
  ageInWords(now.getTime() - row.time.getTime()),
  row.time.toISOString().slice(0, 16).replace("T", " "),
  sizeInWords(row.bytes),
  row.tier ?? "",
  proof(row, now),
  row.id,
];

/** Where several stores have backups, the choice is for its own store; the others get their latest. */
function named(row: BackupRow, all: readonly BackupRow[]): string {
  return all.some(({ store }) => store !== row.store) ? `${row.store}=${row.id}` : row.id;
}

interface BackupProps {
  system: string;
  runbook: string;
  mode: Mode;
  backups: readonly BackupRow[];
}

/** From which backup? Newest first; the marked one's name and remarks are shown whole under the table. */
export function BackupScreen({ system, runbook, mode, backups }: BackupProps) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const room = Math.max(2, rows - 5);
  const list = useList({
    items: backups,
    text: (row) => cells(row, now).join(" "),
    rows: room,
    onChoose: (row) =>
      env.move({
        type: "go",
        screen: { kind: "planning", choice: { system, runbook, mode, backup: named(row, backups) } },
      }),
    handlers: menuKeys(env, true),
  });
  const mark = env.theme.ornaments.cut;
  const drawn = table(
    COLUMNS,
    list.visible.map((row) => cells(row, now)),
    columns - markWidth(env.theme),
    mark,
  );
  const remarks = list.chosen?.remarks ?? [];
  const lines: Spans[] = [
    [" ".repeat(markWidth(env.theme)), { text: drawn.head, tone: "quiet" }],
    ...listLines(list.visible, list.cursor, room, (row, on, at) => {
      const look = row.remarks.length > 0 ? "warn" : "plain";
      return marked(env.theme, on, [{ text: drawn.rows[at] ?? row.id, tone: on ? "strong" : look }]);
    }),
    ...(backups.length === 0
      ? prose("No backup was found where the system says they lie.", columns, "bad")
      : []),
    ...filterLine(list.filter, list.typing),
    [""],
    ...(list.chosen ? prose(`${list.chosen.store}: ${list.chosen.id}`, columns, "quiet") : []),
    ...remarks.flatMap((remark) => prose(`warning: ${remark}`, columns, "warn")),
  ];
  return <Frame mode={mode} title={`${system} / ${runbook}: which backup?`} keys={list.keys} lines={lines} />;
}
