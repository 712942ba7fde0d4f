import { z } from "zod";

export const MODES = ["dry-run", "drill", "live"] as const;
export const modeSchema = z.enum(MODES);
export type Mode = z.infer<typeof modeSchema>;

/** The word on every screen and line, unmistakable without colour. */
export const MODE_WORD: Record<Mode, string> = { "dry-run": "DRY RUN", drill: "DRILL", live: "LIVE" };

export const STRATEGIES = ["swap", "replace"] as const;
export const strategySchema = z.enum(STRATEGIES);
export type Strategy = z.infer<typeof strategySchema>;
