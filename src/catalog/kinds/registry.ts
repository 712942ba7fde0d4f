import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import type { ArtifactKind } from "./artifact-kind.ts";
import { clickhouse } from "./clickhouse.ts";
import { influxdb } from "./influxdb.ts";
import { mongodb } from "./mongodb.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { s3 } from "./s3.ts";
import { volume } from "./volume.ts";

/** How artifacts are read, by kind of store. A new kind adds its line here. */
const KINDS: Readonly<Record<StoreKindName, ArtifactKind>> = {
  postgres,
  mongodb,
  s3,
  clickhouse,
  influxdb,
  redis,
  volume,
};

export const artifactKind = (kind: StoreKindName): ArtifactKind => KINDS[kind];
