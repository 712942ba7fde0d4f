import { clickhouse } from "./clickhouse.ts";
import { docker } from "./docker.ts";
import { influxdb } from "./influxdb.ts";
import { kubernetes } from "./kubernetes.ts";
import { mongodb } from "./mongodb.ts";
import type { Need } from "./need.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { s3 } from "./s3.ts";
import { ssh } from "./ssh.ts";

/** Every server of the tests. */
export const NEEDS: readonly Need[] = [
  postgres,
  redis,
  influxdb,
  clickhouse,
  docker,
  s3,
  mongodb,
  ssh,
  kubernetes,
];
