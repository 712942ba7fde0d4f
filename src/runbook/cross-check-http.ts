import { dollarNames } from "../base/dollar-names.ts";
import type { RawStep } from "./cross-check.ts";
import type { Problem } from "./problem.ts";
import { isRecord, lookInto, recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { SECRET_NAME } from "./secrets.ts";
import { type DocPath, spotKey } from "./source-document.ts";

/** Headers whose value lets somebody in. */
const SECRET_HEADER = /^(?:proxy-)?authorization$|cookie|token|secret|api-?key/i;
const CHANGES: readonly unknown[] = ["PUT", "PATCH", "DELETE"];

/** What no schema can say about an `http` step. Everything but `env` is shown, so no secret may stand there. */
export function httpProblems(file: Resolved, step: RawStep): Problem[] {
  const { fields, path } = step;
  if (fields["kind"] !== "http") return [];
  const { document } = file;
  const say = (at: DocPath, message: string): Problem =>
    document.problem(document.valueAt([...path, ...at]), message);
  return [
    ...urlProblems(file, step).map((message) => say(["url"], message)),
    ...shownSecrets(file, step),
    ...writtenSecrets(step).map(([at, message]) => say(at, message)),
    ...unknownNames(file, step).map(([at, message]) => say(at, message)),
    ...meaningProblems(step).map(([at, message]) => say(at, message)),
  ];
}

function urlProblems(file: Resolved, { fields, path }: RawStep): string[] {
  const text = textOf(fields["url"]);
  if (text === undefined || file.isOpen([...path, "url"])) return [];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return ["this is no address of HTTP: it begins with http:// or https://"];
  const shown = [...url.searchParams.keys()].find((key) => SECRET_NAME.test(key));
  if (url.username !== "" || url.password !== "")
    return [
      "a user or password stands in the address, where everybody sees it: give it by a header, from env",
    ];
  return shown === undefined
    ? []
    : [
        `"${shown}" stands in the address, where everybody sees it: give it by a header or the body, from env`,
      ];
}

/** Variables that hold secrets by their name. Those of the system's own secrets are told for every kind of step. */
function shownSecrets({ document, uses }: Resolved, { path }: RawStep): Problem[] {
  return uses
    .filter((use) => SECRET_NAME.test(use.name) && use.path[2] !== "env" && isInside(use.path, path))
    .map((use) =>
      document.problem(
        document.textAt(use.path, use.written),
        `${use.name} would be shown here: give this step env: { ${use.name}: "\${${use.name}}" }, and write $${use.name}`,
      ),
    );
}

const isInside = (path: DocPath, of: DocPath): boolean => spotKey(path.slice(0, of.length)) === spotKey(of);

type Said = [at: DocPath, message: string];
const LITERAL =
  "a secret is written in the file: put it into the environment, give it by env, and write $NAME here";

function writtenSecrets({ fields }: RawStep): Said[] {
  const headers = Object.entries(recordOf(fields["headers"])).flatMap(([name, value]): Said[] =>
    SECRET_HEADER.test(name) && dollarNames(String(value)).length === 0 ? [[["headers", name], LITERAL]] : [],
  );
  const isWritten = secretsInBody(textOf(fields["body"]) ?? "").some(
    (value) => dollarNames(value).length === 0,
  );
  return [...headers, ...(isWritten ? [[["body"], LITERAL] as Said] : [])];
}

/** Values of a body's fields that bear the name of a secret, in JSON or a form. */
function secretsInBody(body: string): string[] {
  try {
    return secretsInJson(JSON.parse(body));
  } catch {
    return [...new URLSearchParams(body)].flatMap(([key, value]) => (SECRET_NAME.test(key) ? [value] : []));
  }
}

function secretsInJson(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsInJson);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === "string" && SECRET_NAME.test(key) ? [item] : secretsInJson(item),
  );
}

function unknownNames(file: Resolved, { fields, path }: RawStep): Said[] {
  const known = new Set(Object.keys(recordOf(fields["env"])));
  const texts: [DocPath, unknown][] = [
    ...Object.entries(recordOf(fields["headers"])).map(([name, value]): [DocPath, unknown] => [
      ["headers", name],
      value,
    ]),
    [["body"], fields["body"]],
  ];
  return texts.flatMap(([at, text]) => {
    if (file.isOpen([...path, ...at])) return [];
    const [missing] = dollarNames(textOf(text) ?? "").filter((name) => !known.has(name));
    if (missing === undefined) return [];
    const written = dollarNames(textOf(lookInto(file.document.value, [...path, ...at])) ?? "");
    // What a variable's value holds is nobody's business here.
    const says = written.includes(missing)
      ? `$${missing} is not in this step's env; $$ is a dollar sign`
      : "a value that is put in here holds a dollar sign: give it by env, and write $NAME";
    return [[at, says] as Said];
  });
}

function meaningProblems({ fields }: RawStep): Said[] {
  const { method, effect, expect, within, body } = fields;
  const found: Said[] = [];
  if (isRecord(expect) && Object.keys(expect).length === 0)
    found.push([
      ["expect"],
      "nothing is expected: give status, json, matches or absent, or leave it away for any status from 200 to 299",
    ]);
  if (CHANGES.includes(method) && effect === undefined)
    found.push([["method"], `${String(method)} changes something: say which "effect" it has`]);
  if (within !== undefined && effect !== undefined && effect !== "reads")
    found.push([
      ["within"],
      'what changes something is asked for once: leave "within" away, and wait with a step of its own',
    ]);
  if (body !== undefined && ["GET", "HEAD", undefined].some((one) => one === method))
    found.push([["body"], `${String(method ?? "GET")} has no body: say which "method" it is`]);
  return found;
}
