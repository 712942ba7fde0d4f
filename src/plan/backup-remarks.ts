import { ageInWords } from "../base/duration.ts";
import { sizeInWords } from "../base/size.ts";
import type { PlanInput } from "./plan-input.ts";

/** Lines of several stores that say the same become one that names them all. */
function merged(lines: readonly { store: string; says: string }[]): string[] {
  const stores = Map.groupBy(lines, ({ says }) => says);
  return [...stores].map(([says, same]) => `${same.map(({ store }) => store).join(", ")}${says}`);
}

/** What a restore from these backups loses, a line for each time. */
export function losesOf({ stores, now, mode }: PlanInput): string[] {
  // Neither a dry run nor a drill loses anything, and neither may frighten anybody.
  const before = mode === "live" ? "" : "nothing now; live it would be, of ";
  const lines = [...stores.values()].flatMap(({ id, backup }) => {
    if (!backup) return [];
    const { time, imagined } = backup.backup;
    if (imagined) return [{ store: id, says: ": what was written after its newest backup" }];
    const at = `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    const age = ageInWords(now.getTime() - time.getTime());
    return [{ store: id, says: `: what was written after ${at} (${age} ago)` }];
  });
  return merged(lines).map((line) => before + line);
}

/** What the catalog found odd about the chosen backups, and which of them cannot be proven. */
export function remarksOf({ stores }: PlanInput): string[] {
  const chosen = [...stores.values()].flatMap(({ id, backup }) => (backup ? [{ store: id, ...backup }] : []));
  const several = chosen.length > 1;
  const imagined = chosen
    .filter(({ backup }) => backup.imagined)
    .map(
      ({ store, backup }) =>
        `${store}: no backup was found on this machine; planned for one that is called ${backup.path}. What it really holds decides about details: plan again where it lies`,
    );
  const unproven = chosen
    .filter(({ manifest, backup }) => manifest === undefined && !backup.imagined)
    .map(({ store, backup }) => ({
      store: several ? store : backup.id,
      says: ": no manifest, so it is verified as far as possible, the rest is not checked",
    }));
  return [
    ...imagined,
    ...chosen.flatMap(({ backup }) =>
      backup.remarks.map((remark) => `${backup.id} (${sizeInWords(backup.bytes)}): ${remark}`),
    ),
    ...merged(unproven),
  ];
}
