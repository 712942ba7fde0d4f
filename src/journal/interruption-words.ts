import { format } from "date-fns/format";
import { ageInWords } from "../base/duration.ts";
import type { RunState } from "./run-state.ts";

type Interruption = RunState["interruptions"][number];

/** "04:12 to 04:31, 19 min", in local time; with the day where it began on another day than it ended. */
export function interruptionInWords({ from, until }: Interruption): string {
  const sameDay = format(from, "yyyy-MM-dd") === format(until, "yyyy-MM-dd");
  const time = (iso: string): string => format(iso, sameDay ? "HH:mm" : "yyyy-MM-dd HH:mm");
  return `${time(from)} to ${time(until)}, ${ageInWords(Math.max(0, Date.parse(until) - Date.parse(from)))}`;
}
