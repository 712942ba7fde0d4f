import type { StoreGuess } from "../store-guess.ts";
import { type Action, UNKNOWN } from "./action.ts";
import { optionsOf, valueOf } from "./options.ts";
import { readKubectl, type Place, type Unwrapped } from "./unwrap.ts";

const WITH_VALUE = ["-h", "-p", "-a", "-n", "-s", "-u", "--user", "--pass", "--rdb"];
const PARTS = /^(?:flushall|flushdb|shutdown|config|bgrewriteaof|debug)$/i;
const READS = /^(?:dbsize|info|keys|scan|get|exists|lastsave|type|ttl)$/i;

/** redis-cli and files named *.rdb that are put into place or taken out. */
export function redisAction(program: Unwrapped): Action | undefined {
  if (program.program === "redis-check-rdb")
    return { kind: "part", of: "redis", does: "looks into the backup" };
  if (program.program !== "redis-cli" && program.program !== "valkey-cli") return redisFile(program);
  const options = optionsOf(program.words.slice(1), WITH_VALUE, { stopAtRest: true });
  const passwordVariable = /^\$\{?(\w+)\}?$/.exec(
    valueOf(options, "-a", "--pass") ?? program.assigns["REDISCLI_AUTH"] ?? "",
  )?.[1];
  const parts = { passwordVariable, server: valueOf(options, "-h"), port: valueOf(options, "-p") };
  const store: StoreGuess = {
    kind: "redis",
    places: program.places,
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
  };
  const rdb = valueOf(options, "--rdb");
  if (rdb !== undefined) return { kind: "backup", store, file: rdb };
  const [verb = "", ...words] = options.rest;
  if (verb === "") return { kind: "by-hand", because: "redis-cli waits for what is typed" };
  if (/^(?:bgsave|save)$/i.test(verb)) return { kind: "backup", store };
  if (/^ping$/i.test(verb)) return { kind: "wait", names: [], of: "redis" };
  if (PARTS.test(verb)) return { kind: "part", of: "redis", does: `${verb.toLowerCase()} of the server` };
  if (READS.test(verb)) return { kind: "query", store, sql: [verb, ...words].join(" "), tables: [] };
  return UNKNOWN;
}

/** The server's own files are meant, not a backup's name: dump.rdb, appendonly.aof, under /data or /var/lib/redis. */
const SERVERS_FILE = /(?:^|[:/])dump\.rdb$|^[\w.-]+:\/data\/?|\/var\/lib\/redis/;

function redisFile(program: Unwrapped): Action | undefined {
  const words = program.words.join(" ");
  if (!/\.rdb\b|appendonly|\.aof\b/.test(words)) return undefined;
  const store: StoreGuess = { kind: "redis", places: [...program.places, ...placeOfCopy(program.words)] };
  if (["rm", "chown", "chmod", "ls"].includes(program.program))
    return { kind: "part", of: "redis", does: "clears away or owns the server's files" };
  if (["gunzip", "gzip", "zcat"].includes(program.program)) {
    return program.output !== undefined && SERVERS_FILE.test(program.output) && program.output.includes("/")
      ? { kind: "restore", store: fileOf(store, program.words.at(-1)) }
      : { kind: "part", of: "redis", does: "unpacks the backup", file: program.words.at(-1) ?? "" };
  }
  const isCopy =
    ["cp", "mv", "install", "scp", "rsync"].includes(program.program) ||
    (/^(?:docker|kubectl|podman)$/.test(program.program) && program.words.includes("cp"));
  if (!isCopy) return undefined;
  const named = program.words.filter((word) => !word.startsWith("-"));
  const [from = "", to = ""] = named.slice(-2);
  if (/\.(?:bak|old|backup)$|before/.test(to))
    return { kind: "part", of: "redis", does: "sets the old file aside" };
  if (SERVERS_FILE.test(to) && !SERVERS_FILE.test(from))
    return { kind: "restore", store: fileOf(store, from) };
  if (/^[\w./-]+:\//.test(to)) return { kind: "restore", store: fileOf(store, from) };
  if (SERVERS_FILE.test(from)) return { kind: "backup", store, file: to };
  return { kind: "part", of: "redis", does: "moves a file of the server" };
}

/** The container or pod that `docker cp` or `kubectl cp` names. */
function placeOfCopy(words: readonly string[]): Place[] {
  const target = words
    .slice(-2)
    .map((word) => /^([\w./-]+):/.exec(word)?.[1])
    .find((name) => name !== undefined && name !== "");
  if (target === undefined || !words.includes("cp")) return [];
  const kube = readKubectl(words);
  if (kube === undefined) return [{ kind: "docker", container: target }];
  return [{ kind: "kubernetes", pod: target.split("/").at(-1) ?? target, ...kube.where }];
}

const fileOf = (store: StoreGuess, file: string | undefined): StoreGuess =>
  file === undefined ? store : { ...store, file };
