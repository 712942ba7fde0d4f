import { expect, test } from "vitest";
import { keepSaid } from "../../src/author/procedure/keep-said.ts";

test.each([
  [
    ["Daily backups: kept for 7 days", "Weekly: 4 weeks", "Monthly: 12 months"],
    { daily: "7d", weekly: "4w", monthly: "12mo" },
  ],
  [
    ["Tier: Daily, Retention: 30 days, Where: local", "Tier: Yearly, Retention: 7 years, Where: S3"],
    { daily: "30d", yearly: "7y" },
  ],
  [["Kept: daily 7 days, weekly 4 weeks, monthly 3 months."], { daily: "7d", weekly: "4w", monthly: "3mo" }],
  [
    ["How often: daily 03:00, Kept: 7 days, 4 weeks, 3 months, Usual size: 80-200 MB"],
    { daily: "7d", weekly: "4w", monthly: "3mo" },
  ],
  [["Retention: 30 days"], "30d"],
  [["Backups older than 14 days are deleted"], "14d"],
  [["daily for 7-14 days"], { daily: "14d" }],
  [["0 2 * * * /opt/backup.sh # every 3 days"], undefined],
  [["We keep the door open"], undefined],
  [[], undefined],
])("%j", (lines, keep) => {
  expect(keepSaid(lines)).toEqual(keep);
});
