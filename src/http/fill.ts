import { z } from "zod";
import { fillDollars } from "../base/dollar-names.ts";
import { usageError } from "../base/errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Puts variables in, each as `written` has it. Throws exit 2 for one that is not set. Its value is never told. */
export function fill(text: string, env: Env, written: (value: string) => string = (value) => value): string {
  return fillDollars(text, (name) => {
    const value = env[name];
    if (value !== undefined) return written(value);
    throw usageError(`${name} is not set`, `export ${name}=…, or write $$ for a dollar sign`);
  });
}

/** A body in the language of its type: a quote in a password must not end a JSON text, nor & a form's field. */
export function fillBody(body: string, contentType: string, env: Env): string {
  if (/json/i.test(contentType)) {
    const parsed = parsedJson(body);
    if (parsed !== undefined) return JSON.stringify(filledJson(parsed.value, env));
  }
  return /x-www-form-urlencoded/i.test(contentType) ? fill(body, env, encodeURIComponent) : fill(body, env);
}

function parsedJson(text: string): { value: z.infer<ReturnType<typeof z.json>> } | undefined {
  try {
    return { value: z.json().parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

function filledJson(value: z.infer<ReturnType<typeof z.json>>, env: Env): unknown {
  if (typeof value === "string") return fill(value, env);
  if (Array.isArray(value)) return value.map((item) => filledJson(item, env));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledJson(item, env)]));
}
