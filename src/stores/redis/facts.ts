import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import type { Identity } from "../../step/identity.ts";
import { containerSchema, parseContainer } from "./container/inspect.ts";

export const factsSchema = z.object({
  running: z.boolean(),
  version: z.string(),
  role: z.string(),
  mode: z.string().describe("standalone, cluster or sentinel"),
  user: z.string(),
  port: z.string(),
  processId: z.string().describe("as the server sees itself: 1 in most containers"),
  configFile: z.string(),
  loading: z.boolean(),
  replicas: z.number(),
  clients: z.number(),
  usedMemory: z.number(),
  /** Status of the last save and of the last write to the append-only file: "ok" or "err". */
  saveStatus: z.string(),
  appendStatus: z.string(),
  /** Writes that are only in memory when there is no append-only file. */
  unsaved: z.number(),
  keyspace: z.array(z.object({ db: z.number(), keys: z.number(), expires: z.number() })),
  /** By name; without those it does not know, empty when CONFIG is not allowed. */
  settings: z.record(z.string(), z.string()),
  /** Why CONFIG GET gave nothing. */
  noSettings: z.string().optional(),
  /** Of a server that is stopped: the folder system.yaml names, and what lies in it. */
  folder: z.string().optional(),
  files: z.array(z.string()),
  /** Connections of Sentinels, who would make another server the master while this one is stopped. */
  sentinels: z.number().default(0),
  /** Of a server that is a container's own process. */
  container: containerSchema.optional(),
});

/** What a server says about itself. */
export type RedisFacts = z.infer<typeof factsSchema>;

const STOPPED: RedisFacts = {
  running: false,
  version: "",
  role: "",
  mode: "",
  user: "",
  port: "",
  processId: "",
  configFile: "",
  loading: false,
  replicas: 0,
  clients: 0,
  usedMemory: 0,
  saveStatus: "",
  appendStatus: "",
  unsaved: 0,
  keyspace: [],
  settings: {},
  files: [],
  sentinels: 0,
};

/** Lines behind each "@name". */
function sections(stdout: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let name = "";
  for (const line of stdout.split(/\r?\n/)) {
    if (line.startsWith("@")) found.set((name = line.slice(1)), []);
    else found.get(name)?.push(line);
  }
  return found;
}

/** Throws when it is not what a Redis server says. */
export function parseFacts(stdout: string): RedisFacts {
  const said = sections(stdout);
  const container = parseContainer(said);
  const within = container === undefined ? {} : { container };
  if (said.has("stopped")) {
    const folder = said.get("folder")?.[0];
    const files = (said.get("files") ?? []).filter((line) => line !== "");
    return { ...STOPPED, files, ...(folder === undefined ? {} : { folder }), ...within };
  }
  const info = new Map((said.get("info") ?? []).map((line) => pair(line, ":")));
  const of = (name: string): string => info.get(name) ?? "";
  if (of("redis_version") === "")
    throw new Error(
      `INFO was refused: ${(said.get("info") ?? []).find((line) => line !== "") ?? "no answer"}`,
    );
  const settings = settingsIn(said);
  const refused = (said.get("setting dir") ?? []).find((line) => line !== "");
  return {
    running: true,
    version: of("redis_version"),
    role: of("role"),
    mode: of("redis_mode"),
    user: said.get("user")?.[0] ?? "",
    port: of("tcp_port"),
    processId: of("process_id"),
    configFile: of("config_file"),
    loading: of("loading") === "1",
    replicas: Number(of("connected_slaves")),
    clients: Number(of("connected_clients")) - 1,
    usedMemory: Number(of("used_memory")),
    saveStatus: of("rdb_last_bgsave_status"),
    appendStatus: of("aof_enabled") === "1" ? of("aof_last_write_status") : "",
    unsaved: Number(of("rdb_changes_since_last_save")),
    keyspace: keyspaceIn(said.get("info") ?? []),
    settings,
    ...(settings["dir"] === undefined ? { noSettings: refused ?? "no answer" } : {}),
    files: [],
    sentinels: Number(said.get("sentinels")?.[0] ?? 0),
    ...within,
  };
}

const pair = (line: string, by: string): [string, string] => {
  const at = line.indexOf(by);
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
};

/** CONFIG GET answers with name and value; anything else is a refusal, or nothing for a name it does not know. */
function settingsIn(said: Map<string, string[]>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [section, [name, value]] of said) {
    const wanted = section.startsWith("setting ") ? section.slice("setting ".length) : undefined;
    if (wanted !== undefined && name === wanted && value !== undefined) found[wanted] = value;
  }
  return found;
}

/** Lines "db0:keys=7,expires=1,avg_ttl=0" of INFO. */
export function keyspaceIn(lines: readonly string[]): RedisFacts["keyspace"] {
  return lines.flatMap((line) => {
    const match = /^db(\d+):keys=(\d+),expires=(\d+)/.exec(line);
    return match ? [{ db: Number(match[1]), keys: Number(match[2]), expires: Number(match[3]) }] : [];
  });
}

export const dataFolderOf = ({ settings, folder }: RedisFacts): string | undefined =>
  settings["dir"] ?? folder;

/** A server has no number of its own that outlives it: it is told by where it is and where its files are. */
export function identityOf(facts: RedisFacts): Identity {
  return {
    role: facts.role,
    version: facts.version,
    port: facts.port,
    dataFolder: facts.settings["dir"] ?? "",
    configuration: facts.configFile,
    ...(facts.container === undefined ? {} : { container: facts.container.id }),
  };
}

/** It takes questions: while it loads its file it refuses them. */
export const isUp = ({ running, loading }: RedisFacts): boolean => running && !loading;

/** "master, Redis 7.0.15, 1,204 keys, 12 MB, 3 clients". */
export function describeFacts(facts: RedisFacts): string {
  const { container } = facts;
  if (!facts.running)
    return container === undefined
      ? "it is stopped: nobody listens there"
      : `nobody listens; the engine says of its container: ${container.status}`;
  const keys = facts.keyspace.reduce((sum, { keys: here }) => sum + here, 0);
  const load = facts.loading ? ", still loading" : "";
  const clients = counted(facts.clients, "client");
  return `${facts.role}, Redis ${facts.version}, ${counted(keys, "key")}, ${sizeInWords(facts.usedMemory)}, ${clients}${load}`;
}
