import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { backupMustShow, judgeBackupTaken } from "../checks/backup-taken.ts";
import { judgeExpectation } from "../checks/expectation.ts";
import { judgeHttp } from "../checks/http-answer.ts";
import { plainMustShow } from "../checks/must-show.ts";
import { judgeExit, judgeNotAsked } from "../checks/plain-judges.ts";
import { isStoreKind, type StoreKindName } from "../runbook/store-kinds/registry.ts";
import type { Check, Judge } from "../step/check.ts";
import { clickhouse } from "./clickhouse/clickhouse.ts";
import type { Hint } from "./hint.ts";
import { influxdb } from "./influxdb/influxdb.ts";
import { mongodb } from "./mongodb/mongodb.ts";
import { postgres } from "./postgres/postgres.ts";
import { redis } from "./redis/redis.ts";
import { s3 } from "./s3/s3.ts";
import { volume } from "./volume/volume.ts";
import type { FarPlace } from "./host/far-place.ts";
import { hostJudges } from "./host/judges.ts";
import { onHost } from "./on-host.ts";
import type { StoreInput, StoreKind } from "./store-kind.ts";

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

/** What is the same wherever a store is; whoever makes commands takes `kindFor`. */
export function storeKind(kind: StoreKindName): StoreKind {
  return KINDS[kind];
}

/** Whether the kind's commands say themselves where they run. */
export const goesBySelf = (kind: StoreKind, place: FarPlace | undefined): boolean =>
  place !== undefined && kind.reaches?.(place) === true;

/** The kind of a store, making its commands for where it is. */
export function kindFor({ store, place }: Pick<StoreInput, "store" | "place">): StoreKind {
  const kind = storeKind(store.kind);
  return place === undefined || goesBySelf(kind, place) ? kind : onHost(kind, place);
}

/** What programs of these kinds of store say, and what it means. */
export function hintsOf(kinds: readonly string[]): Hint[] {
  return Object.entries(KINDS).flatMap(([name, kind]) => (kinds.includes(name) ? kind.hints : []));
}

/** What a person has to see where the check's judge would be green, a line each; for finishing without Lifeboat. */
export function mustShow(check: Check): string[] {
  return [
    ...plainMustShow(check),
    ...backupMustShow(check),
    ...Object.values(KINDS).flatMap((kind) => kind.mustShow(check)),
  ];
}

const answersArgs = z.object({ kind: z.string().refine(isStoreKind), store: z.string() });

/** Whether a server runs and says who it is, by the answer to its kind's question. A program that ended well is not enough. */
const judgeAnswers: Judge = ({ stdout }, args) => {
  const { kind, store } = answersArgs.parse(args);
  const name = `the server of ${store}`;
  try {
    const { parseFacts, runs, describe } = KINDS[kind];
    const facts = parseFacts(stdout);
    const result = runs?.(facts) === false ? "fail" : "pass";
    return [{ name, level: "other", result, found: describe(facts) }];
  } catch (error) {
    return [
      { name, level: "other", result: "fail", found: "an answer that is not its own", why: messageOf(error) },
    ];
  }
};

/** Every judge a plan may name. */
export function allJudges(): Map<string, Judge> {
  const own = Object.values(KINDS).flatMap((kind) => Object.entries(kind.judges));
  return new Map<string, Judge>([
    ["expectation", judgeExpectation],
    ["not-asked", judgeNotAsked],
    ["exit", judgeExit],
    ["http", judgeHttp],
    ["answers", judgeAnswers],
    ["backup-taken", judgeBackupTaken],
    ...Object.entries(hostJudges),
    ...own,
  ]);
}
