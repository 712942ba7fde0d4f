import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import { kindInWords } from "../store-guess.ts";
import { plainWords } from "../words.ts";
import type { Block } from "./blocks.ts";
import { type Section, walk } from "./sections.ts";

/** A line of the procedure that is a setting: it is kept as a comment where no key exists for it. */
export interface Remark {
  text: string;
  line: number;
  of: StoreKindName | undefined;
}

export interface Settings {
  objectives: { rto?: string; rpo?: string };
  ofStores: Partial<Record<StoreKindName, { rto?: string; rpo?: string }>>;
  sizes: Partial<Record<StoreKindName, Record<string, string>>>;
  /** Schedules (cron lines) and retention. */
  remarks: Remark[];
}

type Key = "rto" | "rpo";

/** Objectives, expected sizes, cron lines and retention, wherever in the procedure they stand. */
export function settingsOf(document: Section): Settings {
  const found: Settings = { objectives: {}, ofStores: {}, sizes: {}, remarks: [] };
  for (const section of walk(document))
    for (const block of section.blocks) {
      if (block.kind === "table") readTable(block, section.title, found);
      else if (block.kind === "code") readCron(block, found);
      else if (block.kind !== "heading") readProse(block, section.title, found);
    }
  return found;
}

const UNITS: readonly [RegExp, string][] = [
  [/^s(?:ec)?/i, "s"],
  [/^m(?:in)?(?!o)/i, "m"],
  [/^h/i, "h"],
  [/^d/i, "d"],
  [/^w/i, "w"],
];

/** "< 30 minutes", "about 4 hours", "1h" → "30m", "4h", "1h"; of a range the larger. */
export function durationIn(text: string): string | undefined {
  const found = [
    ...text.matchAll(
      /(\d+(?:\.\d+)?)\s*(?:[-–]\s*(\d+(?:\.\d+)?)\s*)?(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|[smhdw])\b/gi,
    ),
  ].at(0);
  if (found === undefined) return undefined;
  const unit = UNITS.find(([pattern]) => pattern.test(found[3] ?? ""))?.[1];
  return unit === undefined ? undefined : `${found[2] ?? found[1]}${unit}`;
}

/** "5–50 MB" → min and max as system.yaml has them. */
export function sizesIn(text: string): Record<string, string> | undefined {
  const found = /(\d+(?:\.\d+)?)\s*([KMGT]i?B)?\s*(?:-|–|—|to)\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)/i.exec(text);
  if (found === null) return undefined;
  return { min: `${found[1]}${found[2] ?? found[4]}`, max: `${found[3]}${found[4]}` };
}

function readTable(
  { header, rows, from }: Extract<Block, { kind: "table" }>,
  title: string,
  found: Settings,
): void {
  const names = header.map((cell) => plainWords(cell));
  for (const [at, row] of rows.entries()) {
    const subject = plainWords(row[0] ?? "");
    const line = from + 2 + at;
    const kind = kindInWords(subject) ?? (/database|\bdb\b/i.test(subject) ? "postgres" : undefined);
    for (const key of ["rto", "rpo"] as const) {
      const column = names.findIndex((name) => isNamed(name, key));
      const cell =
        column > 0
          ? row[column]
          : isNamed(subject, key)
            ? row.slice(1).find((text) => durationIn(text) !== undefined)
            : undefined;
      const duration = durationIn(plainWords(cell ?? ""));
      if (duration === undefined) continue;
      if (
        column <= 0 ||
        kind === undefined ||
        /\b(?:full|complete|total|system|all|overall)\b/i.test(subject)
      )
        setObjective(found.objectives, key, duration);
      else setObjective((found.ofStores[kind] ??= {}), key, duration);
    }
    const size = names.some((name) => /size/i.test(name)) ? sizesIn(row.join(" ")) : undefined;
    if (size !== undefined) widen(found, kind ?? kindInWords(title) ?? "postgres", size);
    if (
      names.some((name) => /retention|keep|kept|schedule|frequency|cron/i.test(name)) ||
      /retention|schedule/i.test(title)
    )
      found.remarks.push({
        text: row.map((cell, i) => `${names[i] ?? ""}: ${plainWords(cell)}`).join(", "),
        line,
        of: kind,
      });
  }
}

const isNamed = (text: string, key: Key): boolean =>
  new RegExp(
    key === "rto" ? String.raw`\brto\b|recovery time` : String.raw`\brpo\b|recovery point|data loss`,
    "i",
  ).test(text);

function setObjective(objectives: { rto?: string; rpo?: string }, key: Key, duration: string): void {
  objectives[key] ??= duration;
}

/** Tiers have sizes of their own: together they are one range. */
function widen(found: Settings, kind: StoreKindName, size: Record<string, string>): void {
  const before = found.sizes[kind];
  found.sizes[kind] = before === undefined ? size : { min: before["min"] ?? "", max: size["max"] ?? "" };
}

function readProse(
  block: Exclude<Block, { kind: "table" | "code" | "heading" }>,
  title: string,
  found: Settings,
): void {
  for (const [at, raw] of block.text.split("\n").entries()) {
    const text = plainWords(raw);
    const line = block.from + at;
    for (const key of ["rto", "rpo"] as const) {
      if (!isNamed(text, key)) continue;
      const behind = text.slice(
        text.search(key === "rto" ? /\brto\b|recovery time/i : /\brpo\b|recovery point|data loss/i),
      );
      const duration = durationIn(behind);
      const kind = kindInWords(text);
      if (duration !== undefined)
        setObjective(kind === undefined ? found.objectives : (found.ofStores[kind] ??= {}), key, duration);
    }
    const size = /size/i.test(`${text} ${title}`) ? sizesIn(text) : undefined;
    if (size !== undefined) widen(found, kindInWords(`${text} ${title}`) ?? "postgres", size);
    if (
      /\b(?:retention|retain(?:ed)?|kept? for|keep(?:s|ing)?)\b.*\d+\s*(?:days?|weeks?|months?|years?)|\b(?:daily|weekly|monthly)\b.*\b\d+\s*(?:days|weeks|months|years)/i.test(
        text,
      )
    )
      found.remarks.push({ text, line, of: kindInWords(`${text} ${title}`) });
  }
}

const CRON =
  /^\s*#?\s*((?:[\d*/,-]+\s+){2}[\d*/,-]+\s+(?:[\d*/,-]+|[A-Za-z]{3})\s+(?:[\d*/,-]+|[A-Za-z]{3}(?:-[A-Za-z]{3})?)\s+\S.*)$|^\s*(@(?:daily|weekly|monthly|hourly)\s+\S.*)$|schedule:\s*["']([^"']+)["']|OnCalendar=(.+)$/;

function readCron(block: Extract<Block, { kind: "code" }>, found: Settings): void {
  for (const [at, line] of block.text.split("\n").entries()) {
    const cron = CRON.exec(line);
    const text = (cron?.[1] ?? cron?.[2] ?? cron?.[3] ?? cron?.[4])?.trim();
    if (text !== undefined)
      found.remarks.push({ text: `schedule: ${text}`, line: block.from + at, of: kindInWords(text) });
  }
}

/** Whether a code block is nothing but a crontab. */
export const isCrontab = (block: Extract<Block, { kind: "code" }>): boolean =>
  block.text
    .split("\n")
    .every(
      (line) => line.trim() === "" || /^\s*#/.test(line) || /^\s*[A-Z_]+=/.test(line) || CRON.test(line),
    ) && block.text.split("\n").some((line) => CRON.test(line));
