import { type Action, UNKNOWN } from "./action.ts";
import { filesAction } from "./files.ts";
import { httpAction } from "./http.ts";
import { migrateAction } from "./migrate.ts";
import { mysqlAction } from "./mysql.ts";
import { mongodbAction } from "./mongodb.ts";
import { postgresAction } from "./postgres.ts";
import { redisAction } from "./redis.ts";
import { s3Action } from "./s3.ts";
import { servicesAction } from "./services.ts";
import { clickhouseAction, influxdbAction } from "./time-series.ts";
import { unwrap, type Unwrapped } from "./unwrap.ts";
import { volumeAction } from "./volume.ts";
import { parseStatement, type Pipeline } from "./words.ts";

/** One recognized program, or a statement that nobody knows. */
export interface Recognized {
  action: Action;
  /** The folder it runs in, from a `cd` before it. */
  cwd?: string;
  /** The argv as written, for what stays a command; undefined when it needs a shell. */
  argv?: string[];
}

/** What each part of a statement means. A statement that is no plain sequence of programs is one unknown. */
export function recognize(statement: string): Recognized[] {
  const { pipelines, isPlain } = parseStatement(statement);
  if (!isPlain || pipelines.length === 0) return [{ action: UNKNOWN }];
  const found: Recognized[] = [];
  let cwd: string | undefined;
  for (const pipeline of pipelines) {
    const [only] = pipeline;
    if (pipeline.length === 1 && only?.words[0] === "cd" && only.words.length === 2) {
      cwd = only.words[1];
      continue;
    }
    const assigns = pipeline.every(({ words }) => words.length === 0);
    const action = assigns ? UNKNOWN : pipelineAction(pipeline);
    const argv = pipeline.length === 1 && only !== undefined && isArgv(only) ? only.words : undefined;
    found.push({ action, ...(cwd === undefined ? {} : { cwd }), ...(argv === undefined ? {} : { argv }) });
  }
  return found;
}

/** Nothing in it that only a shell would give its meaning. */
const isArgv = ({ words, assigns, input, output, document }: Pipeline[number]): boolean =>
  Object.keys(assigns).length === 0 &&
  [input, output, document].every((part) => part === undefined) &&
  !words.some((word) => /[$`*?]|^~/.test(word));

function pipelineAction(pipeline: Pipeline): Action {
  const programs = pipeline.map((simple) => unwrap(simple));
  const last = programs.at(-1);
  const first = programs[0];
  if (last === undefined || first === undefined) return UNKNOWN;
  // What is fed by a pipe asks nobody.
  if (first.isInteractive) return { kind: "by-hand", because: "somebody has to type there" };
  const piped = programs.length > 1 ? fileFed(first) : undefined;
  const one = programAction(last, piped) ?? UNKNOWN;
  if (programs.length === 1) return one;
  const heads = programs.slice(0, -1).map((program) => programAction(program, undefined) ?? UNKNOWN);
  const [head] = heads;
  if (one.kind === "restore") return head?.kind === "backup" ? UNKNOWN : { ...one, ...filterIn(programs) };
  if (head?.kind === "backup") return KEEPS.has(last.program) ? { ...head, ...fileOf(last) } : UNKNOWN;
  const http = httpAction(first, programs.slice(1));
  if (http !== undefined) return http;
  if (head?.kind === "query" || head?.kind === "wait") return head;
  // SQL that is echoed into psql.
  if (["echo", "printf"].includes(first.program))
    return programAction({ ...last, document: first.words.slice(1).join(" ") }, undefined) ?? UNKNOWN;
  return [one, ...heads].every(({ kind }) => kind === "reads" || kind === "part")
    ? { kind: "reads" }
    : UNKNOWN;
}

/** What stands between the backup and the program that loads it, and is no mere unpacking. */
function filterIn(programs: readonly Unwrapped[]): { filter?: string } {
  const filter = programs
    .slice(0, -1)
    .find(({ program }) => /^(?:sed|awk|grep|perl|tr|python3?|iconv)$/.test(program));
  return filter === undefined ? {} : { filter: filter.program };
}

/** Programs behind a dump that keep it. */
const KEEPS = new Set([
  "gzip",
  "pigz",
  "zstd",
  "xz",
  "bzip2",
  "lz4",
  "tee",
  "gpg",
  "openssl",
  "cat",
  "pv",
  "aws",
  "mc",
]);

/** What `gzip > file` or `tee file` at the end of a pipeline writes. */
function fileOf(last: Unwrapped): { file?: string } {
  const file = last.output ?? (last.program === "tee" ? last.words.at(-1) : undefined);
  return file === undefined ? {} : { file };
}

/** The file at the beginning of a pipeline: `gunzip -c x |`, `cat x |`, `< x`. */
function fileFed(first: Unwrapped): string | undefined {
  if (first.input !== undefined) return first.input;
  if (
    !/^(?:cat|gunzip|gzip|zcat|zstd|zstdcat|bzcat|xzcat|pv|gpg|aws|openssl|unzstd|tar|sed|rclone)$/.test(
      first.program,
    )
  )
    return undefined;
  return first.words.slice(1).findLast((word) => !word.startsWith("-"));
}

function programAction(program: Unwrapped, piped: string | undefined): Action | undefined {
  return (
    postgresAction(program, piped) ??
    mongodbAction(program, piped) ??
    redisAction(program) ??
    s3Action(program) ??
    influxdbAction(program) ??
    clickhouseAction(program, piped) ??
    volumeAction(program, piped) ??
    httpAction(program, []) ??
    migrateAction(program) ??
    mysqlAction(program) ??
    filesAction(program) ??
    servicesAction(program)
  );
}
