import { judgeExpectation } from "../checks/expectation.ts";
import { plainMustShow } from "../checks/must-show.ts";
import { judgeExit, judgeNotAsked } from "../checks/plain-judges.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import type { Check, Judge } from "../step/check.ts";
import { clickhouse } from "./clickhouse/clickhouse.ts";
import type { Hint } from "./hint.ts";
import { influxdb } from "./influxdb/influxdb.ts";
import { mongodb } from "./mongodb/mongodb.ts";
import { postgres } from "./postgres/postgres.ts";
import { redis } from "./redis/redis.ts";
import { s3 } from "./s3/s3.ts";
import { volume } from "./volume/volume.ts";
import type { StoreKind } from "./store-kind.ts";

/** Every kind of store. A new kind adds its line here. */
const KINDS: Readonly<Record<StoreKindName, StoreKind>> = {
  postgres,
  mongodb,
  s3,
  clickhouse,
  influxdb,
  redis,
  volume,
};

export function storeKind(kind: StoreKindName): StoreKind {
  return KINDS[kind];
}

/** What programs of these kinds of store say, and what it means. */
export function hintsOf(kinds: readonly string[]): Hint[] {
  return Object.entries(KINDS).flatMap(([name, kind]) => (kinds.includes(name) ? kind.hints : []));
}

/** What a person has to see where the check's judge would be green, a line each; for finishing without Lifeboat. */
export function mustShow(check: Check): string[] {
  return [...plainMustShow(check), ...Object.values(KINDS).flatMap((kind) => kind.mustShow(check))];
}

/** Every judge a plan may name. */
export function allJudges(): Map<string, Judge> {
  const own = Object.values(KINDS).flatMap((kind) => Object.entries(kind.judges));
  return new Map<string, Judge>([
    ["expectation", judgeExpectation],
    ["not-asked", judgeNotAsked],
    ["exit", judgeExit],
    ...own,
  ]);
}
