import { setExitCode } from "../signals.ts";

/** For options that may be given several times. */
export const collect = (value: string, before: string[]): string[] => [...before, value];

/** What every action ends with. */
export const done = async (code: Promise<number> | number): Promise<void> => setExitCode(await code);
