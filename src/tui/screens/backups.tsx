import { useState } from "react";
import type { Mode } from "../../step/mode.ts";
import { BACKUP_COLUMNS, backupCells } from "../backup-table.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useList } from "../hooks/use-list.ts";
import { useNow } from "../hooks/use-now.ts";
import { Frame } from "../parts/frame.tsx";
import { listLines, marked, markWidth, prose } from "../rows.ts";
import type { BackupRow, StoreBackups } from "../services.ts";
import { table } from "../table.ts";
import type { Spans } from "../text.ts";
import { BackupScreen } from "./backup.tsx";
import { filterLine } from "./home.tsx";

interface BackupsProps {
  mode: Mode;
  title: string;
  stores: readonly StoreBackups[];
  /** Ids by store, as they were gone on with earlier. */
  chosenBefore: Readonly<Record<string, string>>;
  /** Ids by store; a store for which none was found is not in it. */
  onGo(chosen: Record<string, string>): void;
}

const COLUMNS = [{ title: "store", gives: 0 }, ...BACKUP_COLUMNS] as const;

/** From which backups? One line a store, the newest of each to begin with; enter chooses another one for the marked store. */
export function BackupsScreen({ mode, title, stores, chosenBefore, onGo }: BackupsProps) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const [chosen, setChosen] = useState(() => beginWith(stores, chosenBefore));
  const [open, setOpen] = useState<StoreBackups>();
  const room = Math.max(2, rows - 6);
  const cellsOf = ({ store }: StoreBackups): string[] => {
    const row = chosen[store];
    return row ? [store, ...backupCells(row, now)] : [store, "", "", "", "", "no backup", ""];
  };
  const list = useList({
    items: stores,
    text: (one) => cellsOf(one).join(" "),
    rows: room,
    onChoose: setOpen,
    handlers: { ...menuKeys(env, true), go: () => onGo(idsOf(chosen)) },
  });
  if (open)
    return (
      <BackupScreen
        mode={mode}
        title={`${title}: ${open.store}`}
        backups={open.backups}
        onBack={() => setOpen(undefined)}
        onChoose={(row) => {
          setChosen({ ...chosen, [open.store]: row });
          setOpen(undefined);
        }}
      />
    );
  const drawn = table(
    COLUMNS,
    list.visible.map(cellsOf),
    columns - markWidth(env.theme),
    env.theme.ornaments.cut,
  );
  const look = ({ store }: StoreBackups) =>
    chosen[store] === undefined ? "bad" : chosen[store].remarks.length > 0 ? "warn" : "plain";
  const lines: Spans[] = [
    [" ".repeat(markWidth(env.theme)), { text: drawn.head, tone: "quiet" }],
    ...listLines(list.visible, list.cursor, room, (one, on, at) =>
      marked(env.theme, on, [{ text: drawn.rows[at] ?? one.store, tone: on ? "strong" : look(one) }]),
    ),
    ...filterLine(list.filter, list.typing),
    [""],
    ...(list.chosen ? about(list.chosen, chosen[list.chosen.store], columns) : []),
  ];
  return <Frame mode={mode} title={`${title}: from these backups?`} keys={list.keys} lines={lines} />;
}

/** The newest of each; what was chosen before stays chosen, as long as it is there. */
function beginWith(
  stores: readonly StoreBackups[],
  before: Readonly<Record<string, string>>,
): Record<string, BackupRow> {
  const rows = stores.flatMap(({ store, backups }): [string, BackupRow][] => {
    const row = backups.find(({ id }) => id === before[store]) ?? backups[0];
    return row ? [[store, row]] : [];
  });
  return Object.fromEntries(rows);
}

const idsOf = (chosen: Record<string, BackupRow>): Record<string, string> =>
  Object.fromEntries(Object.entries(chosen).map(([store, { id }]) => [store, id]));

/** The marked store's backup, whole, with what is remarkable about it. */
function about({ store, backups }: StoreBackups, row: BackupRow | undefined, columns: number): Spans[] {
  if (!row) return prose(`${store}: no backup was found where the system says they lie`, columns, "bad");
  const others = backups.length - 1;
  const more =
    others === 0 ? "the only one" : `one of ${backups.length}${row === backups[0] ? ", the newest" : ""}`;
  return [
    ...prose(`${store}: ${row.id}, ${more}`, columns, "quiet"),
    ...row.remarks.flatMap((remark) => prose(`warning: ${remark}`, columns, "warn")),
  ];
}
