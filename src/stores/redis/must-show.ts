import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";

const room = z.object({ disk: z.number(), memory: z.number() });
const tool = z.object({ rdb: z.number() });

/** What a person has to see where Redis' own judges would be green. */
export function mustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "redis.tool":
      return [`a version that reads RDB version ${tool.parse(args).rdb}`];
    case "redis.preflight":
      return [
        "role:master, redis_mode:standalone, loading:0, rdb_last_bgsave_status:ok; dir is the folder you mean",
      ];
    case "redis.room": {
      const { disk, memory } = room.parse(args);
      return [`at least ${sizeInWords(disk)} of disk and ${sizeInWords(memory)} of memory available`];
    }
    case "redis.check-rdb":
      return ["Checksum OK, RDB looks OK, and the number of keys you expect"];
    case "redis.file-keys":
      return ["keys read less expires = the sum of keys less expires by database"];
    case "redis.manifest":
      return [
        "per database and type: keys, keys without TTL and their sum as in the manifest beside the backup (databases → types)",
      ];
    case "redis.same":
      return ["the same lines behind @copy and behind @live, but for keys whose time is over"];
    case "redis.kept":
      return ["the names of the old files"];
    case "redis.answer":
      return ["the answer is recorded; nothing is judged"];
    default:
      return [];
  }
}
