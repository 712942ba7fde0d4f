import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";

const named = z.object({ named: z.array(z.string()) });
const disk = z.object({ needed: z.number() });

/** What a person has to see where MongoDB's own judges would be green. */
export function mustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "mongodb.tool":
      return ["a version: mongosh 2 or newer, the tools 100 or newer"];
    case "mongodb.preflight":
      return ['"writable":true, and the server and database you mean'];
    case "mongodb.disk":
      return [`at least ${sizeInWords(disk.parse(args).needed)} available`];
    case "mongodb.collections":
      return ["the collections you expect to be replaced; none of type timeseries among them"];
    case "mongodb.contents":
      return [
        "for each collection the options and indexes of its metadata, as many rows as the backup holds documents, and the sum its manifest has (collections[].sum)",
        ...named.parse(args).named.map((name) => `${name}: rows above 0`),
      ];
    case "mongodb.safety-copy":
      return ["no collection that the safety copy does not hold"];
    case "mongodb.answer":
      return ["the answer is recorded; nothing is judged"];
    default:
      return [];
  }
}
