import { z } from "zod";
import { type ChFacts, columnSchema, factsSchema, type TableFacts } from "./facts.ts";

const line = z.discriminatedUnion("what", [
  z.object({ what: z.literal("server"), version: z.string(), host: z.string(), mode: z.string() }),
  z.object({ what: z.literal("more"), uuid: z.string(), port: z.string() }),
  z.object({ what: z.literal("disk"), path: z.string(), free: z.string() }),
  z.object({ what: z.literal("database"), name: z.string(), metadata: z.string() }),
  z.object({ what: z.literal("subject"), engine: z.string() }),
  z.object({ what: z.literal("setting"), name: z.string() }),
  z.object({
    what: z.literal("table"),
    name: z.string(),
    engine: z.string(),
    full: z.string(),
    created: z.string(),
  }),
  columnSchema.extend({ what: z.literal("column"), table: z.string() }),
  z.object({ what: z.literal("part"), table: z.string(), rows: z.string(), bytes: z.string() }),
  z.object({ what: z.literal("uuid"), name: z.string(), uuid: z.string() }),
  z.object({ what: z.literal("view"), fed: z.string(), by: z.string() }),
  z.object({ what: z.literal("dictionary"), name: z.string() }),
  z.object({ what: z.literal("query"), text: z.string(), seconds: z.string() }),
]);
type Line = z.infer<typeof line>;

/** Lines of one kind. */
type All = <W extends Line["what"]>(what: W) => Extract<Line, { what: W }>[];

/** The server's answer to `askFacts`. Throws when it says nothing about itself. */
export function parseFacts(stdout: string): ChFacts {
  const lines = stdout
    .split("\n")
    .filter((text) => text.startsWith("{"))
    .map((text) => line.parse(JSON.parse(text)));
  const all: All = (what) =>
    lines.filter((one): one is Extract<Line, { what: typeof what }> => one.what === what);
  const [server] = all("server");
  if (server === undefined) throw new Error("the server said nothing about itself");
  const [more, disk, subject] = [all("more")[0], all("disk")[0], all("subject")[0]];
  return factsSchema.parse({
    version: server.version,
    host: server.host,
    uuid: more?.uuid ?? "",
    port: more?.port ?? "",
    readonly: server.mode !== "0",
    dataPath: disk?.path ?? dataPathOf(all),
    free: disk ? Number(disk.free) : null,
    settings: all("setting").map(({ name }) => name),
    databases: all("database").map(({ name }) => name),
    database: subject ? { engine: subject.engine, tables: tablesOf(all) } : null,
    views: all("view"),
    dictionaries: all("dictionary").map(({ name }) => name),
    queries: all("query"),
  });
}

/** Of an old server: the folder above metadata/. */
function dataPathOf(all: All): string {
  const paths = all("database").map(({ metadata }) => /^(.*\/)metadata\//.exec(metadata)?.[1]);
  return paths.find((path) => path !== undefined) ?? "";
}

function tablesOf(all: All): TableFacts[] {
  const columns = Map.groupBy(all("column"), ({ table }) => table);
  const parts = new Map(all("part").map((part) => [part.table, part]));
  const uuids = new Map(all("uuid").map(({ name, uuid }) => [name, uuid]));
  return all("table").map(({ name, engine, full, created }) => {
    const part = parts.get(name);
    return {
      name,
      engine,
      full,
      created,
      columns: columns.get(name) ?? [],
      rows: part ? Number(part.rows) : null,
      bytes: part ? Number(part.bytes) : null,
      uuid: uuids.get(name) ?? "",
    };
  });
}
