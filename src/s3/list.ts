import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type KeyLine, md5OfETag } from "../base/key-lines.ts";
import type { Place } from "./place.ts";

/** Every object, page by page, keys without the prefix. */
export async function* objectsIn({ client, bucket, prefix }: Place): AsyncGenerator<KeyLine[]> {
  let token: string | undefined;
  do {
    const page = await client.send(
      // XML cannot hold control characters: keys come URL-encoded.
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: "url",
        ContinuationToken: token,
      }),
    );
    const isEncoded = page.EncodingType === "url";
    yield (page.Contents ?? []).map(({ Key = "", Size = 0, ETag }) => ({
      key: (isEncoded ? decodeURIComponent(Key.replaceAll("+", " ")) : Key).slice(prefix.length),
      bytes: Size,
      md5: md5OfETag(ETag),
      sha256: "-",
    }));
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
