import { parseEnv } from "node:util";

/** An env file: names, and the values that are no secrets. */
export interface EnvFile {
  path: string;
  /** Every name that is set, with its value only where that may be shown. */
  values: Record<string, string | undefined>;
  /** Of a variable that holds a URL: everything but user and password. */
  urls: Record<string, { scheme: string; server: string; port: string; subject: string; user: string }>;
}

const SECRET = /PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|DSN|PRIVATE|SALT|WEBHOOK|AUTH/i;
const URL = /^([a-z][a-z0-9+]*):\/\/(?:([^/\s:@]*)(?::[^/\s@]*)?@)?([^/\s:?]*)(?::(\d+))?(?:\/([^\s?]*))?/;

/** Of any other address even the path may be a secret. */
const STORE_SCHEME = /^(?:postgres(?:ql)?(?:\+\w+)?|mongodb(?:\+srv)?|rediss?|clickhouse)$/;

/** Reads a dotenv file; secret values are dropped here and go no further. */
export function readEnvFile(path: string, content: string): EnvFile {
  const values: EnvFile["values"] = {};
  const urls: EnvFile["urls"] = {};
  for (const [name, value = ""] of Object.entries(parseEnv(content))) {
    const [, scheme, user = "", server = "", port = "", subject = ""] = URL.exec(value) ?? [];
    if (scheme !== undefined && STORE_SCHEME.test(scheme))
      urls[name] = { scheme, server, port, subject, user };
    const hasPassword = /:\/\/[^/\s:@]*:[^/\s@]+@/.test(value);
    values[name] = SECRET.test(name) || hasPassword || /webhook/i.test(value) ? undefined : value;
  }
  return { path, values, urls };
}

/** Examples and templates are no settings. */
export const isEnvName = (name: string): boolean =>
  (/^\.env(?:\.[\w-]+)*$/.test(name) || name.endsWith(".env")) &&
  !/example|sample|template|dist$|\.test\b/i.test(name);
