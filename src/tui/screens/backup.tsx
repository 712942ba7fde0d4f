import type { Mode } from "../../step/mode.ts";
import { BACKUP_COLUMNS, backupCells } from "../backup-table.ts";
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

interface BackupProps {
  mode: Mode;
  /** Whose backups: the way that was chosen so far. */
  title: string;
  backups: readonly BackupRow[];
  onChoose(row: BackupRow): void;
  /** Undefined: one screen back. */
  onBack?(): void;
}

/** From which backup? Newest first; the marked one's name and remarks are shown whole under the table. */
export function BackupScreen({ mode, title, backups, onChoose, onBack }: BackupProps) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const room = Math.max(2, rows - 5);
  const list = useList({
    items: backups,
    text: (row) => backupCells(row, now).join(" "),
    rows: room,
    onChoose,
    handlers: { ...menuKeys(env, true), ...(onBack ? { back: onBack } : {}) },
  });
  const drawn = table(
    BACKUP_COLUMNS,
    list.visible.map((row) => backupCells(row, now)),
    columns - markWidth(env.theme),
    env.theme.ornaments.cut,
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
    ...(list.chosen ? prose(list.chosen.id, columns, "quiet") : []),
    ...remarks.flatMap((remark) => prose(`warning: ${remark}`, columns, "warn")),
  ];
  return <Frame mode={mode} title={`${title}: which backup?`} keys={list.keys} lines={lines} />;
}
