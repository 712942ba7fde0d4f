import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  HeadBucketCommand,
  ListBucketsCommand,
} from "@aws-sdk/client-s3";
import { inTurns } from "../base/in-turns.ts";
import { encodeKey, keyLine, parseKeyLine } from "../base/key-lines.ts";
import { copyObject } from "./copy.ts";
import { deleteObjects } from "./delete.ts";
import { downloadFile, sha256Of } from "./download.ts";
import { keysOfTree, sumsOfFile } from "./file-sums.ts";
import { objectsIn } from "./list.ts";
import type { Place } from "./place.ts";
import { uploadFile } from "./upload.ts";

export type Print = (line: string) => void;

const AT_ONCE = 16;

/** Keys of a list, in its order. */
export async function keysIn(file: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) }))
    if (line !== "") keys.push(parseKeyLine(line).key);
  return keys;
}

const keysOf = async (place: Place): Promise<string[]> => {
  const keys: string[] = [];
  for await (const page of objectsIn(place)) keys.push(...page.map(({ key }) => key));
  return keys;
};

export async function list(place: Place, print: Print): Promise<void> {
  for await (const page of objectsIn(place)) for (const object of page) print(keyLine(object));
}

/** Key lines of a mirrored tree, with sums. */
export async function listTree(folder: string, print: Print): Promise<void> {
  await inTurns(await keysOfTree(folder), AT_ONCE, async (key) =>
    print(keyLine(await sumsOfFile(folder, key))),
  );
}

export async function upload(folder: string, to: Place, keys: string | undefined): Promise<number> {
  const all = keys === undefined ? await keysOfTree(folder) : await keysIn(keys);
  await inTurns(all, AT_ONCE, (key) => uploadFile(to, folder, { key }));
  return all.length;
}

export async function download(from: Place, folder: string): Promise<number> {
  const all = await keysOf(from);
  await inTurns(all, AT_ONCE, (key) => downloadFile(from, key, folder));
  return all.length;
}

export async function copy(
  from: Place,
  to: Place,
  keys: string | undefined,
  sameServer: boolean,
): Promise<number> {
  const all = keys === undefined ? await keysOf(from) : await keysIn(keys);
  await inTurns(all, AT_ONCE, (key) => copyObject(from, to, key, sameServer));
  return all.length;
}

export async function remove(place: Place, keys: string): Promise<number> {
  const all = await keysIn(keys);
  await deleteObjects(place, all);
  return all.length;
}

/** "<key>\t<sha256>" of each object of the list, read in full. */
export async function sums(place: Place, keys: string, print: Print): Promise<void> {
  await inTurns(await keysIn(keys), AT_ONCE, async (key) =>
    print(`${encodeKey(key)}\t${await sha256Of(place, key)}`),
  );
}

/** One that is there already and is ours is no error. */
export async function makeBucket({ client, bucket }: Place): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  }
}

/** All objects of the place; then the bucket itself, unless the place is only a prefix of it. */
export async function removePlace(place: Place): Promise<void> {
  if (!(await bucketsAt(place)).some(({ name }) => name === place.bucket)) return;
  await deleteObjects(place, await keysOf(place));
  if (place.prefix === "") await place.client.send(new DeleteBucketCommand({ Bucket: place.bucket }));
}

export async function bucketsAt({
  client,
}: Pick<Place, "client">): Promise<{ name: string; made: string }[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  return Buckets.map(({ Name = "", CreationDate }) => ({
    name: Name,
    made: CreationDate?.toISOString() ?? "",
  }));
}
