import { z } from "zod";
import { type ConnectionBase, isLocalServer } from "./connection.ts";
import { type ConnectResult, declareStore, secretKey, type StoreProblem, storeKeys } from "./declaration.ts";
import { type BucketUrl, bucketFault, parseBucketUrl, prefixOf } from "./s3-place.ts";

export const S3_TOOLS = ["rclone", "aws", "mc", "built-in"] as const;
export type S3ToolName = (typeof S3_TOOLS)[number];

const s3Schema = z.strictObject({
  ...storeKeys,
  kind: z.literal("s3"),
  endpoint: z
    .string()
    .optional()
    .describe("http://localhost:9000 or the like; default: AWS, as the region says"),
  region: z.string().default("us-east-1"),
  bucket: z.string().describe("the bucket; a name alone"),
  prefix: z.string().default("").describe("only what lies under this prefix of the bucket"),
  "access-key": z.string().optional().describe("a secret: give it as ${NAME}"),
  "secret-key": z.string().optional().describe("a secret: give it as ${NAME}"),
  tool: z
    .enum(["auto", ...S3_TOOLS])
    .default("auto")
    .describe("auto: rclone, aws or mc, whichever is installed first, else the built-in client"),
  beside: z
    .string()
    .optional()
    .describe("where copies are made, s3://bucket/prefix; default: buckets of their own beside the live one"),
  extra: z
    .enum(["delete", "leave"])
    .default("delete")
    .describe("objects that are in the bucket and not in the backup: a restore deletes them, or leaves them"),
  "max-deletes": z
    .string()
    .regex(/^\d+%?$/, 'a share such as "25%", or a number of objects')
    .default("25%")
    .describe("a restore that would delete more of the bucket's objects is refused: a share, or a number"),
  verify: z
    .enum(["sample", "full"])
    .default("sample")
    .describe(
      "all keys, sizes and md5 are always compared; besides a sample, or every object, is read and its sha256 compared",
    ),
  sample: z.number().int().min(1).default(50).describe("how many objects are read with verify: sample"),
  "archive-root": z
    .string()
    .default("")
    .describe("the folder inside archives without a manifest that holds the objects; default: all of them"),
  "backup-bucket": z
    .string()
    .optional()
    .describe("s3://bucket/prefix for backups of the format bucket; it gets a folder for each of them"),
  "backup-endpoint": z.string().optional().describe("where that bucket is; default: the store's endpoint"),
  "backup-region": z.string().optional(),
  "backup-access-key": z.string().optional().describe("a secret; default: the store's"),
  "backup-secret-key": z.string().optional().describe("a secret; default: the store's"),
  "referenced-by": z
    .strictObject({
      store: z.string().describe("a store of this system"),
      sql: z.string().describe("gives the keys its rows point at, one a row"),
      missing: z
        .enum(["fail", "warning"])
        .default("fail")
        .describe("what it is when the restored objects lack one of them"),
    })
    .optional()
    .describe("another store's references to keys of this bucket: each has to be there after a restore"),
});
export type S3Store = z.infer<typeof s3Schema>;

/** One S3 server and the vault keys of what it is entered with; without them the client's own profile or role counts. */
export interface S3Remote {
  /** How it is called in environment variables and on command lines: LB, or LBB for where backups lie. */
  name: "LB" | "LBB";
  /** Without a slash at its end; undefined is AWS. */
  endpoint: string | undefined;
  region: string;
  accessKey: string | undefined;
  secretKey: string | undefined;
}

/** Where an S3 store is. */
export interface S3Connection extends ConnectionBase {
  kind: "s3";
  remote: S3Remote;
  bucket: string;
  prefix: string;
  /** Where copies are made; undefined for buckets of their own. */
  beside: BucketUrl | undefined;
  /** Where backups of the format bucket lie; its remote is the store's own when nothing else is said. */
  backups: BucketUrl | undefined;
  backupRemote: S3Remote;
}

export const s3 = declareStore({
  schema: s3Schema,
  localBecause: "lists of its objects are made and kept here, and its endpoint says where it is",
  actions: ["restore", "verify", "safety-copy"],
  restoreKeys: [],
  subjectKey: "bucket",
  secretKeys: ["access-key", "secret-key", "backup-access-key", "backup-secret-key"],
  secretUrls: {},
  simulatedUrl: "http://simulated.invalid",
  problems,
  connect,
});

function problems(store: Readonly<Record<string, unknown>>): StoreProblem[] {
  const found: StoreProblem[] = [];
  for (const [one, other] of [
    ["access-key", "secret-key"],
    ["backup-access-key", "backup-secret-key"],
  ] as const) {
    const has = [one, other].map((key) => typeof store[key] === "string" && store[key] !== "");
    if (has[0] !== has[1])
      found.push({ at: has[0] ? one : other, says: `"${one}" and "${other}" go together`, on: "key" });
  }
  if (store["tool"] === "mc" && !store["access-key"])
    found.push({ at: "tool", says: 'mc needs "access-key" and "secret-key"' });
  return found;
}

type Fault = { fault: string; at: string };

function endpointFault(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    return "the endpoint has to be a URL such as http://localhost:9000";
  const { username, password, pathname, search } = new URL(text);
  if (username || password)
    return "no name or password belongs into the endpoint: give access-key and secret-key";
  return pathname === "/" && search === "" ? undefined : "the endpoint has no path: give bucket and prefix";
}

const bare = (url: string | undefined): string | undefined => url?.replace(/\/+$/, "") || undefined;

/** Where an optional `s3://…` key leads; a fault names the key. */
function placeAt(store: S3Store, key: "beside" | "backup-bucket"): BucketUrl | undefined | Fault {
  const text = store[key];
  if (text === undefined || text === "") return undefined;
  const place = parseBucketUrl(text);
  return "fault" in place ? { fault: place.fault, at: key } : place;
}

function connect(name: string, store: S3Store): ConnectResult<S3Connection> {
  const fault = bucketFault(store.bucket);
  if (fault !== undefined) return { fault, at: "bucket" };
  for (const at of ["endpoint", "backup-endpoint"] as const) {
    const wrong = endpointFault(store[at]);
    if (wrong !== undefined) return { fault: wrong, at };
  }
  const prefix = prefixOf(store.prefix);
  const [beside, backups] = [placeAt(store, "beside"), placeAt(store, "backup-bucket")];
  if (beside && "fault" in beside) return beside;
  if (backups && "fault" in backups) return backups;
  for (const [at, place] of [
    ["beside", beside],
    ["backup-bucket", backups],
  ] as const)
    if (place?.bucket === store.bucket && (prefix === "" || place.prefix.startsWith(prefix)))
      return { fault: "it lies inside the store itself: name another bucket", at };
  const has = (key: "access-key" | "backup-access-key"): boolean => Boolean(store[key]);
  const vault = (key: string, is: boolean): string | undefined => (is ? secretKey(name, key) : undefined);
  const endpoint = bare(store.endpoint);
  const remote: S3Remote = {
    name: "LB",
    endpoint,
    region: store.region,
    accessKey: vault("access-key", has("access-key")),
    secretKey: vault("secret-key", has("access-key")),
  };
  const otherKeys = has("backup-access-key");
  const isOther = otherKeys || store["backup-endpoint"] !== undefined || store["backup-region"] !== undefined;
  const backupRemote: S3Remote = {
    name: "LBB",
    endpoint: bare(store["backup-endpoint"]) ?? endpoint,
    region: store["backup-region"] ?? store.region,
    accessKey: otherKeys ? vault("backup-access-key", true) : remote.accessKey,
    secretKey: otherKeys ? vault("backup-secret-key", true) : remote.secretKey,
  };
  const secrets = Object.fromEntries(
    (["access-key", "secret-key", "backup-access-key", "backup-secret-key"] as const).flatMap((key) =>
      store[key] ? [[key, store[key]] as const] : [],
    ),
  );
  const connection: S3Connection = {
    kind: "s3",
    address: endpoint ?? `AWS ${store.region}`,
    user: "",
    subject: store.bucket,
    isLocal: endpoint !== undefined && isLocalServer(new URL(endpoint).hostname),
    reserved: [],
    remote,
    bucket: store.bucket,
    prefix,
    beside,
    backups,
    backupRemote: isOther ? backupRemote : remote,
  };
  return { connection, secrets, remarks: [] };
}
