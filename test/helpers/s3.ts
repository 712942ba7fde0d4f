import { createHash } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

const AT_ONCE = 16;

/** A bucket as an independent eye sees it: nothing here uses Lifeboat's own code. */
export interface Bucket {
  name: string;
  create(): Promise<void>;
  exists(): Promise<boolean>;
  put(key: string, content: string | Uint8Array): Promise<void>;
  /** Many at once. */
  putAll(objects: Record<string, string | Uint8Array>): Promise<void>;
  get(key: string): Promise<Buffer>;
  delete(...keys: string[]): Promise<void>;
  keys(): Promise<string[]>;
  /** Key → sha256 of its content, read in full; empty when there is no such bucket. */
  sums(): Promise<Record<string, string>>;
  /** Removes every object. */
  empty(): Promise<void>;
}

export function s3Client(endpoint: string, accessKeyId: string, secretAccessKey: string): S3Client {
  return new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
}

export async function listBuckets(client: S3Client): Promise<string[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  return Buckets.map((bucket) => bucket.Name ?? "").toSorted();
}

export async function deleteBucket(client: S3Client, name: string): Promise<void> {
  await bucketAt(client, name).empty();
  await client.send(new DeleteBucketCommand({ Bucket: name }));
}

export function bucketAt(client: S3Client, name: string): Bucket {
  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: name, EncodingType: "url", ContinuationToken: token }),
      );
      found.push(...(page.Contents ?? []).map(({ Key = "" }) => decoded(Key)));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found;
  };
  const get = async (key: string): Promise<Buffer> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const put = async (key: string, content: string | Uint8Array): Promise<void> => {
    await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: Buffer.from(content) }));
  };
  const remove = async (...gone: string[]): Promise<void> => {
    // XML, as which a list of keys goes, has no control characters.
    for (const Key of gone.filter(isOdd)) await client.send(new DeleteObjectCommand({ Bucket: name, Key }));
    const plain = gone.filter((key) => !isOdd(key));
    for (let at = 0; at < plain.length; at += 1000) {
      const Objects = plain.slice(at, at + 1000).map((Key) => ({ Key }));
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }),
      );
      if (Errors.length > 0) throw new Error(`${Errors[0]?.Key}: ${Errors[0]?.Message}`);
    }
  };
  return {
    name,
    get,
    put,
    keys,
    delete: remove,
    create: async () => void (await client.send(new CreateBucketCommand({ Bucket: name }))),
    exists: async () => (await listBuckets(client)).includes(name),
    putAll: async (objects) => inTurns(Object.entries(objects), ([key, content]) => put(key, content)),
    sums: async () => {
      if (!(await listBuckets(client)).includes(name)) return {};
      const sums: Record<string, string> = {};
      const all = await keys();
      await inTurns(all, async (key) => {
        sums[key] = createHash("sha256")
          .update(await get(key))
          .digest("hex");
      });
      return Object.fromEntries(all.map((key) => [key, sums[key] ?? ""]));
    },
    empty: async () => remove(...(await keys())),
  };
}

const isOdd = (key: string): boolean => /\p{Cc}/u.test(key);

/** The server writes a space as "+" in listings. */
const decoded = (key: string): string => decodeURIComponent(key.replaceAll("+", " "));

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
