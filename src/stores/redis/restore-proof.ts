import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { localScript } from "./client.ts";
import {
  awaitCopy,
  COPY_CLI,
  COPY_FILE,
  COPY_LIST,
  copyProbe,
  inCopy,
  removeCopy,
  startCopy,
  unpackCommand,
} from "./copy-server.ts";
import { type Extent, listFunction } from "./listing-script.ts";
import { questionCheck } from "../action-step.ts";
import { queryScript } from "./queries.ts";
import type { RestoreContext } from "./restore-context.ts";

/** Bytes of an RDB file a server loads in a millisecond, measured on 2 cores; only for the expected time on screen. */
const LOAD_BYTES_PER_MS = 40_000;

const UNPACKED = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" } as const;

/** redis-check-rdb prints its findings on stdout: for a failure they have to be on stderr. */
export const checkRdb = (file: string): string =>
  `said=$(${file === "-" ? "redis-check-rdb /dev/stdin" : `redis-check-rdb ${file}`} 2>&1) || { printf '%s\\n' "$said" | grep -v -e AUX -e '^\\[info\\]' | tail -n 6 >&2; exit 1; }
printf '%s\\n' "$said" | tail -n 6`;

export function artifactStep(context: RestoreContext): Step {
  const { source, mode } = context;
  const path = shellWord(source.path);
  // With the manifest's sha256 it is, byte for byte, the file a server has loaded when it was made, and one loads it next.
  const readsFile = source.manifest === undefined || mode === "dry-run";
  const whole: Check = {
    title: "the artifact is whole",
    source: { inspect: "artifact", path: source.path, byHand: [`sha256sum ${path}`] },
    judge: "artifact",
    args: {
      kind: "redis",
      sha256: source.manifest?.artifact.sha256 ?? null,
      chosen: { bytes: source.bytes, modifiedMs: source.modifiedMs },
      ...(source.manifestPath === undefined ? {} : { manifest: source.manifestPath }),
    },
    onError: "fail",
  };
  const read: Check = {
    title: `redis-check-rdb reads ${source.path}`,
    source: localScript(`${UNPACKED[source.format.wrapper]} < ${path} | {
${checkRdb("-")}
}`),
    judge: "redis.check-rdb",
    args: {},
    onError: "fail",
  };
  return part(context, "artifact", ["preflight"], {
    title: "Backup is good",
    why: "reads the whole backup before anything depends on it",
    effect: "reads",
    checks: readsFile ? [whole, read] : [whole],
    failsAs: "preflight",
  });
}

/** Behind the load: what was loaded is still the file that was judged before it. */
function unchangedCheck({ source }: RestoreContext): Check {
  return {
    title: "the backup is still the one that was looked at",
    source: { inspect: "artifact", path: source.path, byHand: [`ls -l ${shellWord(source.path)}`] },
    judge: "artifact",
    args: { kind: "redis", chosen: { bytes: source.bytes, modifiedMs: source.modifiedMs }, read: false },
    onError: "fail",
  };
}

export function loadStep(context: RestoreContext): Step {
  const { copy, source, files, mode } = context;
  const like =
    mode === "drill" || files === undefined
      ? undefined
      : { file: `${files.dir}/${files.file}`, folder: files.dir };
  return part(context, "load", ["artifact"], {
    gist: `redis-server on ${source.path}, in ${copy}, without a port`,
    title: "Restore beside",
    why: "into a server of this run's own, without a port; nobody uses it",
    effect: "reversible",
    commands: [
      unpackCommand({ folder: copy, ...source, like, token: tokenFor(context, "unpacked") }),
      startCopy(copy),
      awaitCopy(copy, tokenFor(context, "loaded")),
    ],
    checks: [unchangedCheck(context)],
    probe: copyProbe(copy),
    undo: {
      says: `ends the copy's server and removes ${copy}`,
      commands: [removeCopy(copy)],
      onFailure: false,
    },
    after: `the backup is loaded in a server of its own in ${copy}`,
    expectedMs: Math.ceil(source.bytes / LOAD_BYTES_PER_MS) + 1000,
  });
}

/**
 * How much of the copy, and then of the live server, is read: every key up to a number; of large data a share of the values,
 * because their bytes are proven: sha256 says that they are those the manifest was read from, and the server that loads them
 * checks its own sum of the file.
 */
export const extentOf = ({ source }: RestoreContext): Extent => ({
  every: source.manifest?.every,
  values: { bytes: source.memory },
});

/** Checks of the copy, from its counts to the runbook's own queries. */
export function verifyStep(context: RestoreContext): Step {
  const { copy, source, step, mode, connection } = context;
  const compared: Check = source.manifest
    ? {
        title: "keys, types and values against the manifest",
        source: localScript(`${inCopy(copy)}
${listFunction(extentOf(context))}
list ${COPY_CLI} > ${COPY_LIST}
cat ${COPY_LIST}`),
        judge: "redis.manifest",
        args: { artifactStep: `${step.id}.artifact` },
        onError: "fail",
      }
    : {
        title: "keys against what the file holds",
        source: localScript(`${inCopy(copy)}
${checkRdb(COPY_FILE)}
${COPY_CLI} INFO keyspace${mode === "live" ? `\n${listFunction(extentOf(context))}\nlist ${COPY_CLI} > ${COPY_LIST}` : ""}`),
        judge: "redis.file-keys",
        args: {},
        onError: "fail",
      };
  const queries = step.queries.map(({ title, sql, expect }) =>
    questionCheck(
      title,
      localScript(`${inCopy(copy)}\n${queryScript(COPY_CLI, sql, connection.database)}`),
      expect,
      "redis.answer",
    ),
  );
  return part(context, "verify", ["load"], {
    gist: "redis-check-rdb; every key, type, TTL and value sum of the copy",
    title: source.manifest ? "Verify against the manifest" : "Verify as far as possible",
    why: "proves the copy before the live server is stopped: keys, types, values, the runbook's questions",
    effect: "reads",
    ...(mode === "dry-run"
      ? {
          does: "print" as const,
          printedBecause: "cannot be known before running: the copy does not exist yet",
        }
      : {}),
    checks: [compared, ...queries],
    failsAs: "red",
  });
}
