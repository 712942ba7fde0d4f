import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";

const disk = z.object({ needed: z.number(), what: z.string() });

/** What a person has to see where InfluxDB's own judges would be green. */
export function mustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "influxdb.preflight":
      return ["version 1.x; the database and server you mean"];
    case "influxdb.disk": {
      const { needed, what } = disk.parse(args);
      return [`at least ${sizeInWords(needed)} available for ${what}`];
    }
    case "influxdb.shape":
      return ["the policies, fields with their types, tags and series that the manifest lists under shape"];
    case "influxdb.content":
      return [
        '"identical":true; otherwise, for each window of the manifest in its order, its counts and sums of each field',
      ];
    case "influxdb.expired":
      return [
        "shards of the database, none with an expiry_time in the past (except where it equals end_time: no limit)",
      ];
    case "influxdb.has-points":
      return ["at least one line"];
    case "influxdb.folders":
      return ["meta, data and wal; under data no database but the one you mean and _internal"];
    case "influxdb.answer":
      return ["the answer is recorded; nothing is judged"];
    default:
      return [];
  }
}
