import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";

const compare = z.object({ what: z.string(), wanted: z.string(), extra: z.string() });
const changes = z.object({ limit: z.string(), extra: z.enum(["delete", "leave"]) });
const digest = z.object({ sha256: z.string() });
const tool = z.object({ tool: z.string() });
const disk = z.object({ needed: z.number() });

/** What a person has to see where the judges of buckets would be green. */
export function mustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "s3.tool":
      return [`a version of ${tool.parse(args).tool}`];
    case "s3.preflight":
      return ["the server and the bucket you mean"];
    case "s3.disk":
      return [`at least ${sizeInWords(disk.parse(args).needed)} available`];
    case "s3.changes": {
      const { limit, extra } = changes.parse(args);
      return extra === "leave"
        ? ["how much is created (missing) and overwritten (size, content, unknown)"]
        : [`"! extra" (what is deleted) not more than ${limit} of what the bucket holds`];
    }
    case "s3.compare": {
      const besides = compare.parse(args).extra === "fail" ? ", extra" : "";
      return [`0 behind each of "! missing"${besides}, "! size", "! content"; the rest behind "! same"`];
    }
    case "s3.digest":
      return [`sha256 ${digest.parse(args).sha256}`];
    case "s3.sums":
      return ['no line "different"; at the end "! read" with how many of how many were read'];
    case "s3.references":
      return ['no line "unresolved"; at the end "! references" with how many there are'];
    default:
      return [];
  }
}
