import type { StoreGuess } from "../store-guess.ts";
import { type Action, UNKNOWN } from "./action.ts";
import { optionsOf, valueOf } from "./options.ts";
import type { Unwrapped } from "./unwrap.ts";

const WITH_VALUE = [
  "--endpoint-url",
  "--profile",
  "--region",
  "--exclude",
  "--include",
  "--config",
  "--acl",
  "--newer-than",
  "--older-than",
];

interface Spot {
  bucket: string;
  path: string;
}

/** mc mirror, aws s3 sync, rclone sync: the direction says whether it is a backup or a restore. */
export function s3Action(program: Unwrapped): Action | undefined {
  const name = program.program;
  if (!["mc", "aws", "rclone", "s3cmd"].includes(name)) return undefined;
  const options = optionsOf(program.words.slice(1), WITH_VALUE);
  const rest = name === "aws" ? (options.rest[0] === "s3" ? options.rest.slice(1) : undefined) : options.rest;
  if (rest === undefined) return UNKNOWN;
  const [verb = "", ...words] = rest;
  if (["ls", "stat", "du", "diff", "lsd", "size", "check", "tree"].includes(verb)) return { kind: "reads" };
  if (verb === "alias" || (verb === "config" && words[0] === "host")) return aliasPart(words);
  if (["mb", "mkdir"].includes(verb)) return { kind: "part", of: "s3", does: "makes the bucket" };
  if (!["mirror", "sync", "cp", "copy"].includes(verb)) return UNKNOWN;
  const isTree = verb !== "cp" || ["--recursive", "-r"].some((flag) => options.flags.has(flag));
  const [from = "", to = ""] = words.slice(-2);
  return copied(
    name,
    { from, to, isTree },
    {
      kind: "s3",
      places: program.places,
      ...endpointOf(valueOf(options, "--endpoint-url")),
    },
  );
}

const variable = (word: string | undefined): string | undefined => /^\$\{?(\w+)\}?$/.exec(word ?? "")?.[1];

/** `mc alias set NAME URL KEY SECRET`: where the server is, and which variables open it. */
function aliasPart(words: readonly string[]): Action {
  const at = words.findIndex((word) => /^https?:\/\//.test(word));
  const [endpoint, access, secret] = at < 0 ? [] : words.slice(at);
  const [accessVariable, secretVariable] = [variable(access), variable(secret)];
  const store: StoreGuess = {
    kind: "s3",
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessVariable === undefined ? {} : { accessVariable }),
    ...(secretVariable === undefined ? {} : { secretVariable }),
  };
  return { kind: "part", of: "s3", does: "names the server", store };
}

const endpointOf = (endpoint: string | undefined): { endpoint?: string } =>
  endpoint === undefined || endpoint === "" ? {} : { endpoint };

function copied(
  tool: string,
  { from, to, isTree }: { from: string; to: string; isTree: boolean },
  store: StoreGuess,
): Action {
  const [source, target] = [spot(tool, from), spot(tool, to)];
  if (!isTree) return UNKNOWN;
  if (target !== undefined && source === undefined) {
    // A tree of backups that is copied away is the backups' own copy, no restore of a bucket.
    if (/backup/i.test(target.bucket + target.path))
      return { kind: "backup", store: { ...store, subject: target.bucket }, file: from };
    return { kind: "restore", store: { ...store, subject: target.bucket, file: from } };
  }
  if (source !== undefined && target === undefined) {
    if (/backup/i.test(source.bucket + source.path)) return UNKNOWN;
    return { kind: "backup", store: { ...store, subject: source.bucket }, file: to };
  }
  if (source !== undefined && target !== undefined && /backup/i.test(source.bucket))
    return { kind: "restore", store: { ...store, subject: target.bucket, file: from } };
  if (source !== undefined && target !== undefined)
    return { kind: "backup", store: { ...store, subject: source.bucket }, file: to };
  return UNKNOWN;
}

/** A place in a bucket, by how the tool writes it; undefined for a folder. */
function spot(tool: string, word: string): Spot | undefined {
  const found =
    tool === "rclone"
      ? /^[\w-]+:\/?([^/]+)(.*)$/.exec(word)
      : tool === "mc"
        ? /^[A-Za-z][\w-]*\/([^/]+)(.*)$/.exec(word)
        : /^s3:\/\/([^/]+)(.*)$/.exec(word);
  return found === null ? undefined : { bucket: found[1] ?? "", path: found[2] ?? "" };
}
