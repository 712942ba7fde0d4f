/** A time read from a name. */
export interface Stamp {
  text: string;
  time: Date;
  /** How long the moment is that it names: a second, a minute, a day, or 1 ms where it has fractions. */
  spanMs: number;
}

export type Timezone = "utc" | "local";

/**
 * What `{timestamp}` stands for, longest first so that a day never swallows the first half of a day with a time:
 * 2026-11-20T02-00-00, 2026-11-20T02:00:00.123Z, 20261120_020000, 20261120T020000Z, 20261120020000, the same without
 * seconds, epoch seconds, 2026-11-20, 20261120. Hours and minutes alone have to be some: `_0001` to `_2359` count as
 * such, `_9999` is a number behind a day.
 */
const HOUR = String.raw`(?:[01]\d|2[0-3])`;
const MINUTE = String.raw`[0-5]\d`;
export const TIMESTAMP_SOURCE = [
  String.raw`\d{4}-\d\d-\d\d[T_ -](?:\d\d-\d\d-\d\d|\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?`,
  String.raw`\d{8}[T_-]\d{6}Z?`,
  String.raw`\d{14}`,
  String.raw`\d{4}-\d\d-\d\d[T_ -]${HOUR}[-:]?${MINUTE}Z?`,
  String.raw`\d{8}[T_-]${HOUR}${MINUTE}Z?`,
  String.raw`(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d${HOUR}${MINUTE}`,
  String.raw`\d{10}`,
  String.raw`\d{4}-\d\d-\d\d`,
  String.raw`\d{8}`,
].join("|");

const PARTS =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T_ -]?(\d\d)[-:]?(\d\d)(?:[-:]?(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Reads one text that TIMESTAMP_SOURCE matched; undefined for dates that do not exist (31 February, 25 o'clock). */
export function parseTimestamp(text: string, timezone: Timezone): Stamp | undefined {
  if (/^\d{10}$/.test(text)) return { text, time: new Date(Number(text) * 1000), spanMs: 1000 };
  const found = PARTS.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0));
  const ms = Math.floor(Number(`0.${found[7] ?? 0}`) * 1000);
  const fields = [year ?? 0, (month ?? 0) - 1, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0, ms] as const;
  const utc = new Date(Date.UTC(...fields));
  if (fields[0] < 1970 || !sameFields(utc, fields)) return undefined;
  const zone = found[8];
  const time = zone
    ? new Date(utc.getTime() - offsetMs(zone))
    : timezone === "utc"
      ? utc
      : new Date(...fields);
  return { text, time, spanMs: spanOf(found) };
}

function spanOf([, , , , hour, , second, fraction]: readonly (string | undefined)[]): number {
  if (hour === undefined) return 86_400_000;
  if (second === undefined) return 60_000;
  return fraction === undefined ? 1000 : 1;
}

type Fields = readonly [number, number, number, number, number, number, number];

/** Date.UTC rolls 31 February over to March; a name that says so is not a time. */
function sameFields(date: Date, [year, month, day, hour, minute, second]: Fields): boolean {
  return (
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  );
}

function offsetMs(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return minutes * 60_000 * (zone.startsWith("-") ? -1 : 1);
}

/** Writes a time in the manner of an existing stamp; without one as 20261120_020000. */
export function formatTimestamp(time: Date, timezone: Timezone, like = "00000000_000000"): string {
  if (/^\d{10}$/.test(like)) return String(Math.floor(time.getTime() / 1000));
  const shape = like.replace(/[+-]\d\d:\d\d$/, "Z");
  const inUtc = timezone === "utc" || shape.endsWith("Z");
  const shown = inUtc ? time : new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  const digits = shown.toISOString().replace(/\D/g, "");
  let next = 0;
  return shape.replace(/\d/g, () => digits[next++] ?? "0");
}
