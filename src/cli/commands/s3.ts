import { LifeboatError, messageOf } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import * as operations from "../../s3/operations.ts";
import { clientOf, placeOf } from "../../s3/place.ts";
import type { World } from "../world.ts";

/** Lines are many: written in pieces, not one by one. */
const PIECE = 64 * 1024;

function printer({ stdout }: World): { print: operations.Print; flush: () => void } {
  let held = "";
  const flush = (): void => {
    if (held !== "") stdout.write(held);
    held = "";
  };
  const print = (line: string): void => {
    held += `${line}\n`;
    if (held.length > PIECE) flush();
  };
  return { print, flush };
}

/** What the server or the library says, by its name too: "NoSuchBucket: The specified bucket does not exist". */
async function told(where: string, work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return EXIT.done;
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    const why = `${error instanceof Error ? error.name : "error"}: ${messageOf(error) || "no answer"}${code}`;
    throw new LifeboatError(EXIT.failed, { what: "the S3 server did not do it", where, why }, error);
  }
}

/** `lifeboat s3 …`: the built-in client, one operation a command, so that each can be typed. */
export function s3Command(
  world: World,
  operation: string,
  words: readonly string[],
  keys: string | undefined,
): Promise<number> {
  const [first = "", second = ""] = words;
  const place = (url: string) => placeOf(url, world.env);
  const { print, flush } = printer(world);
  const saying = async (work: Promise<number>, what: string): Promise<void> => print(`${await work} ${what}`);
  const sameServer = first.split("://")[0] === second.split("://")[0];
  const works: Record<string, () => Promise<unknown>> = {
    buckets: async () => {
      for (const { name, made } of await operations.bucketsAt({ client: clientOf(world.env) }))
        print(`${name}\t${made}`);
    },
    list: () => operations.list(place(first), print),
    tree: () => operations.listTree(first, print),
    upload: () => saying(operations.upload(first, place(second), keys), "uploaded"),
    download: () => saying(operations.download(place(first), second), "downloaded"),
    copy: () => saying(operations.copy(place(first), place(second), keys, sameServer), "copied"),
    delete: () => saying(operations.remove(place(first), keys ?? ""), "deleted"),
    sums: () => operations.sums(place(first), keys ?? "", print),
    make: () => operations.makeBucket(place(first)),
    remove: () => operations.removePlace(place(first)),
  };
  return told(words.join(" → "), (works[operation]?.() ?? Promise.resolve()).finally(flush));
}
