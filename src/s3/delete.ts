import { counted } from "../base/size.ts";
import { DeleteObjectCommand, DeleteObjectsCommand } from "@aws-sdk/client-s3";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { inTurns } from "../base/in-turns.ts";
import type { Place } from "./place.ts";

/** As many as a request takes. */
const AT_A_TIME = 1000;
const AT_ONCE = 16;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f\ufffe\uffff]/;

/** Deletes these objects; one that is gone already is no error. */
export async function deleteObjects(place: Place, keys: readonly string[]): Promise<void> {
  const { client, bucket, prefix } = place;
  // A list of keys goes as XML, which has no control characters.
  const odd = keys.filter((key) => CONTROL.test(key));
  await inTurns(odd, AT_ONCE, async (key) => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + key }));
  });
  const plain = keys.filter((key) => !CONTROL.test(key));
  const lists = Array.from({ length: Math.ceil(plain.length / AT_A_TIME) }, (_, at) =>
    plain.slice(at * AT_A_TIME, (at + 1) * AT_A_TIME),
  );
  await inTurns(lists, AT_ONCE / 4, (list) => deleteList(place, list));
}

/** The answer is 200 even when some were refused. */
async function deleteList({ client, bucket, prefix }: Place, keys: readonly string[]): Promise<void> {
  const Objects = keys.map((key) => ({ Key: prefix + key }));
  const request = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
  const { Errors = [] } = await client.send(request);
  const [first] = Errors;
  if (!first) return;
  throw new LifeboatError(EXIT.failed, {
    what: `${counted(Errors.length, "object")} could not be deleted`,
    where: `bucket ${bucket}, the first is ${first.Key}`,
    ...(first.Message === undefined ? {} : { why: first.Message }),
  });
}
