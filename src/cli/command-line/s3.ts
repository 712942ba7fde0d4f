import type { Command } from "commander";
import type { World } from "../world.ts";
import { done } from "./collect.ts";

const KEYS = "--keys <file>";
const LIST = "a key list, as lifeboat s3 list and lifeboat s3 tree print it";

interface Operation {
  name: string;
  says: string;
  keys?: "needed" | "taken";
}

const OPERATIONS: readonly Operation[] = [
  { name: "buckets", says: "name and creation time of each bucket" },
  { name: "list <url>", says: "key, bytes, md5 where the server knows it" },
  { name: "tree <folder>", says: "the same of a mirrored tree, with sha256" },
  {
    name: "upload <folder> <url>",
    says: "files to objects; only those of a list with --keys",
    keys: "taken",
  },
  { name: "download <url> <folder>", says: "objects to files" },
  { name: "copy <from> <to>", says: "objects from bucket to bucket", keys: "taken" },
  { name: "delete <url>", says: "the objects of a list", keys: "needed" },
  { name: "sums <url>", says: "sha256 of the objects of a list, each read in full", keys: "needed" },
  { name: "make <url>", says: "a bucket, unless it is there" },
  { name: "remove <url>", says: "every object, and the bucket itself when no prefix is given" },
];

/** The built-in S3 client, for machines without rclone, aws and mc. Its library is loaded by it alone. */
export function addS3(program: Command, world: World): void {
  const s3 = program
    .command("s3")
    .description("the built-in S3 client; keys and endpoint come from AWS_… in the environment");
  for (const { name, says, keys } of OPERATIONS) {
    const command = s3.command(name).description(says);
    if (keys === "needed") command.requiredOption(KEYS, LIST);
    if (keys === "taken") command.option(KEYS, LIST);
    command.action((...given: unknown[]) => {
      const words = given.filter((word) => typeof word === "string");
      const { keys: file } = command.opts<{ keys?: string }>();
      const run = import("../commands/s3.ts");
      return done(run.then((m) => m.s3Command(world, command.name(), words, file)));
    });
  }
}
