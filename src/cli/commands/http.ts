import { parseDuration } from "../../base/duration.ts";
import { messageOf, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { AS_EXPECTED, judgeAnswer } from "../../checks/http-answer.ts";
import { askHttp } from "../../http/ask.ts";
import { fill, fillBody } from "../../http/fill.ts";
import { type HttpExpectation, httpExpectationSchema } from "../../runbook/http-schema.ts";
import type { World } from "../world.ts";

export interface HttpFlags {
  method: string;
  header: string[];
  body?: string;
  expect?: string;
  follow?: boolean;
  timeout: string;
  maxBytes: string;
}

/**
 * `lifeboat http`: one question, so that it can be typed. Prints status, where a redirect leads, an empty line and the
 * body; with `--expect` whether it is so. Exit 0 for any answer of HTTP, 20 for none, or for one that is not as `--expect` says.
 */
export async function httpCommand(world: World, url: string, flags: HttpFlags): Promise<number> {
  const headers = headersOf(flags.header, world.env);
  const expect = flags.expect === undefined ? undefined : expectationOf(flags.expect);
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const question = {
    method: flags.method.toUpperCase(),
    url: plainUrl(url),
    headers,
    body: flags.body === undefined ? undefined : fillBody(flags.body, type, world.env),
    follow: flags.follow ?? false,
    timeoutMs: parseDuration(flags.timeout) ?? refuse("--timeout", flags.timeout, '"10s"'),
    keepBytes: /^\d+$/.test(flags.maxBytes)
      ? Number(flags.maxBytes)
      : refuse("--max-bytes", flags.maxBytes, '"1000000"'),
  };
  try {
    const { status, location, body, notes } = await askHttp(question);
    for (const note of notes) world.stderr.write(`${note}\n`);
    const leads = location === undefined ? [] : [`location: ${location}`];
    const printed = [`HTTP ${status}`, ...leads, "", body].join("\n");
    if (expect !== undefined) return compared(world, printed, expect);
    world.stdout.write(printed.endsWith("\n") ? printed : `${printed}\n`);
    return EXIT.done;
  } catch (error) {
    world.stderr.write(`no answer: ${messageOf(error)}\n`);
    return EXIT.failed;
  }
}

/** Of an answer that was expected nothing more is printed: what a login answers with is as good as a password. */
function compared({ stdout, stderr }: World, answer: string, expect: HttpExpectation): number {
  const different = judgeAnswer(answer, expect).filter(({ result }) => result !== "pass");
  for (const { name, expected, found, why } of different)
    stderr.write(
      `${name}: expected ${expected}, found ${found ?? "nothing"}${why === undefined ? "" : `; ${why}`}\n`,
    );
  if (different.length > 0) return EXIT.failed;
  stdout.write(`${answer.split("\n")[0]}\n${AS_EXPECTED}\n`);
  return EXIT.done;
}

function refuse(flag: string, given: string, example: string): never {
  throw usageError(`${flag} "${given}" cannot be understood`, `write it like ${example}`);
}

/** What stands in a URL is seen by everybody who sees the command. */
function plainUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usageError("this is no address of HTTP", "it begins with http:// or https://");
  if (url.username === "" && url.password === "") return url.href;
  throw usageError("a password stands in the address", 'give it as --header "authorization: Basic $NAME"');
}

/** "name: value" each. A value is never told: it may be a secret. */
function headersOf(lines: readonly string[], env: World["env"]): Record<string, string> {
  const pairs = lines.map((line): [string, string] => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw usageError("a header has no name", 'write it like --header "accept: application/json"');
    const filled = fill(value, env);
    // oxlint-disable-next-line no-control-regex -- a line break would make another header of the rest
    if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(filled))
      throw usageError(
        `the header ${name} holds a character that no header can hold`,
        "look at the variable it is made of",
      );
    return [name, filled];
  });
  return Object.fromEntries(pairs);
}

function expectationOf(text: string): HttpExpectation {
  try {
    return httpExpectationSchema.parse(JSON.parse(text));
  } catch {
    return refuse("--expect", text, '{"status":200,"json":{"status":"ok"}}');
  }
}
