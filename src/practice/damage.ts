import { usageError } from "../base/errors.ts";
import { shellLine } from "../base/quote.ts";
import type { Launch } from "../hosts/launcher.ts";
import type { Command } from "../step/command.ts";
import { command, must } from "./must.ts";
import { newestBackup } from "./newest-backup.ts";
import { psql, type ShopServer } from "./shop.ts";

/** What a damage is done to. */
export interface DamageTarget extends ShopServer {
  backups: string;
}

/** One way to ruin the shop. */
export interface Damage {
  id: string;
  title: string;
  /** What will have happened, in the words of the person who calls at 3 AM. */
  says: string;
  commands: (target: DamageTarget) => Command[];
}

const inShop =
  (sql: string) =>
  (target: DamageTarget): Command[] => [psql(target, "shop", { say: sql })];

const dropDatabase = (target: DamageTarget): Command =>
  psql(target, "postgres", { say: "DROP DATABASE shop WITH (FORCE)" });

/** A copy that stopped half way: what a full disk or a broken line leaves behind. */
function cutNewest({ backups }: DamageTarget): Command {
  const { file, bytes } = newestBackup(backups);
  const keep = String(Math.floor(bytes * 0.6));
  return command(["sh", "-c", 'head -c "$1" "$2" >"$2.cut" && mv "$2.cut" "$2"', "sh", keep, file]);
}

export const DAMAGES: readonly Damage[] = [
  {
    id: "database-dropped",
    title: "Database dropped",
    says: "somebody dropped the database shop, thinking it was the test server",
    commands: (target) => [dropDatabase(target)],
  },
  {
    id: "table-dropped",
    title: "Table dropped",
    says: "the table orders is gone, and the view and the foreign key that hung on it",
    commands: inShop("DROP TABLE orders CASCADE"),
  },
  {
    id: "rows-deleted",
    title: "Rows deleted",
    says: "a clean-up script with a wrong WHERE deleted about half of all order items",
    commands: inShop("DELETE FROM order_items WHERE order_id % 2 = 0"),
  },
  {
    id: "column-overwritten",
    title: "Column overwritten",
    says: "an UPDATE without WHERE set every price to 0; nothing is missing, everything is wrong",
    commands: inShop("UPDATE products SET price = 0"),
  },
  {
    id: "migration-gone-wrong",
    title: "Migration gone wrong",
    says: "a migration dropped the column customers.email, and its unique key with it",
    commands: inShop("ALTER TABLE customers DROP COLUMN email CASCADE"),
  },
  {
    id: "backup-truncated",
    title: "Database dropped, newest backup cut short",
    says: "the database shop is gone, and the copy of the newest backup stopped half way: the older one is needed",
    commands: (target) => [cutNewest(target), dropDatabase(target)],
  },
];

/** Does the damage, showing each command. Throws exit 2 for an unknown id, exit 20 when a command fails. */
export async function applyDamage(
  id: string,
  target: DamageTarget,
  launch: Launch,
  onLine: (line: string) => void,
): Promise<void> {
  const damage = DAMAGES.find((one) => one.id === id);
  if (damage === undefined)
    throw usageError(`unknown damage "${id}"`, `one of: ${DAMAGES.map((one) => one.id).join(", ")}`);
  for (const run of damage.commands(target)) {
    onLine(`$ ${shellLine(run.argv)}`);
    const { stdout } = await must(launch, `the damage "${damage.title}"`, run);
    for (const line of stdout.split("\n").filter((text) => text !== "")) onLine(line);
  }
}
