const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': String.raw`\"`,
  "\n": String.raw`\n`,
};

/** A name as an InfluxQL identifier, whatever it holds. */
export function ident(name: string): string {
  return `"${name.replaceAll(/["\\\n]/g, (one) => ESCAPES[one] ?? one)}"`;
}

/** A field of a line of comma separated values, as influx -format csv prints it. */
export function csvField(text: string): string {
  return /[",\n\r]|^\s|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
