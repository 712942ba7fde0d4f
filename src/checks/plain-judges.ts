import { z } from "zod";
import type { Judge } from "../step/check.ts";

/** args: {name, why}. For what cannot be looked at from here; it is said, never left out. */
export const judgeNotAsked: Judge = (_evidence, args) => {
  const { name, why } = z.object({ name: z.string(), why: z.string() }).parse(args);
  return [{ name, level: "other", result: "not checked", why }];
};

/** args: {name}. The engine only asks when the program ended with 0; what it printed is shown. */
export const judgeExit: Judge = (evidence, args) => {
  const { name } = z.object({ name: z.string() }).parse(args);
  const found = evidence.stdout.trim().split("\n").at(-1) ?? "";
  return [{ name, level: "other", result: "pass", ...(found === "" ? {} : { found: found.slice(0, 200) }) }];
};
