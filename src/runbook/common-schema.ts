import { z } from "zod";
import { DURATION_PATTERN } from "../base/duration.ts";

export const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "lower case letters, digits and dashes, starting with a letter")
  .describe("a name in lower case letters, digits and dashes");

export const durationSchema = z.string().regex(DURATION_PATTERN, 'a duration such as "30m" or "24h"');

export const objectivesSchema = z
  .strictObject({
    rto: durationSchema.optional().describe("how long recovery may take"),
    rpo: durationSchema.optional().describe("how much time's worth of writes may be lost"),
  })
  .describe("recovery objectives");

export const backupsSchema = z.strictObject({
  path: z
    .string()
    .describe(
      "where backups lie, relative to the working directory: a path with {tier}, {timestamp} and * (any characters but /), e.g. backups/{tier}/app-{timestamp}.sql.gz",
    ),
  timezone: z.enum(["utc", "local"]).default("utc").describe("the clock the names were written by"),
  "written-as": z
    .string()
    .regex(/^(?=.*\d{4})[\dTZ_:. +-]+$/, "a time such as 2025-01-15T14-30-00")
    .optional()
    .describe(
      "any time, written as new backups are to bear it, e.g. 2025-01-15T14-30-00; default: 20250115_143000",
    ),
  "usual-size": z
    .strictObject({ min: z.string().optional(), max: z.string().optional() })
    .optional()
    .describe('sizes outside this range are a warning, e.g. { min: "5MB", max: "50MB" }'),
});
export type BackupPattern = z.infer<typeof backupsSchema>;

/** Shortest first: a backup that belongs to several is kept by the one that keeps it longest. */
export const TIERS = ["hourly", "daily", "weekly", "monthly", "yearly"] as const;
export type Tier = (typeof TIERS)[number];

export const KEEP_PATTERN = /^([1-9]\d{0,4})(h|d|w|mo|y)?$/;

const keepText = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine(
    (text) => KEEP_PATTERN.test(text),
    'a number of backups such as "4", or a time such as "30d", "4w", "12mo", "7y"',
  );

export const keepSchema = z
  .union([keepText, z.partialRecord(z.enum(TIERS), keepText)])
  .describe(
    'how long backups are kept: "30d", the last "4", or for each tier: { daily: 7d, weekly: 4w, monthly: 12mo }. The tier is the folder\'s where the path has {tier}; else the first backup of a day, of a week from Sunday on, of a month, of a year',
  );
export type KeepText = z.infer<typeof keepSchema>;

export const portSchema = z.union([z.string(), z.number()]).transform(String);

/** A TCP port as text. */
export const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

/** An argv, e.g. of a service that is started. */
export const argvSchema = z.array(z.string()).min(1);
