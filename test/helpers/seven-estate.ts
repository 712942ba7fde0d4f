import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { provisionedPath } from "../provision/programs.ts";
import { openClickhouseEstate, SIGNAGE_SYSTEM } from "./clickhouse-estate.ts";
import { openEstate, SHOP_SYSTEM } from "./estate.ts";
import { GRILL_SYSTEM, openInfluxEstate } from "./influxdb-estate.ts";
import { openMongoEstate, SYSTEM as VIZORA_SYSTEM } from "./mongodb-estate.ts";
import { openOperator, type Operator } from "./operator.ts";
import { openRedisEstate, QUEUE_SYSTEM } from "./redis-estate.ts";
import { CONTENT, openS3Estate, S3_SYSTEM } from "./s3-estate.ts";
import { openVolumeEstate, SHELF_SYSTEM } from "./volume-estate.ts";

/** One store of the estate, as an independent eye sees and damages it. */
export interface StoreOfSeven {
  store: string;
  /** What is typed at its gates. */
  target: string;
  /** What users would see: equal before and after means that everything is as it was. */
  live(): Promise<unknown>;
  damage(): Promise<unknown>;
}

/** One system with a store of every kind, each on its real server. */
export interface SevenEstate extends Operator {
  stores: StoreOfSeven[];
}

/** The part of a system.yaml below `stores:`. */
const storesOf = (system: string): string => system.slice(system.indexOf("stores:\n") + "stores:\n".length);

/** Starts and fills them all. Call stop() in afterAll. */
export async function openSevenEstate(): Promise<SevenEstate> {
  const [shop, queue, media, vizora, signage, grill, shelf] = await Promise.all([
    openEstate(),
    openRedisEstate(),
    openS3Estate(),
    openMongoEstate(),
    openClickhouseEstate(),
    openInfluxEstate(),
    openVolumeEstate(),
  ]);
  const estates = [shop, queue, media, vizora, signage, grill, shelf];
  const folder = await mkdtemp("/tmp/lifeboat-seven-");
  const systems = [
    SHOP_SYSTEM,
    QUEUE_SYSTEM,
    S3_SYSTEM,
    VIZORA_SYSTEM,
    SIGNAGE_SYSTEM,
    GRILL_SYSTEM,
    SHELF_SYSTEM,
  ];
  const system = `title: Seven stores\nenvironment: test\nstores:\n${systems.map(storesOf).join("")}`;
  await media.live.putAll(CONTENT);
  await vizora.fill("vizora");
  await shelf.fill("shelf");
  await shelf.engine.consumer("shelf-web", "shelf");
  const env: Record<string, string> = {
    ...Object.assign({}, ...estates.map((estate) => estate.env)),
    PATH: [shop.env["PATH"], provisionedPath()].join(":"),
    HOME: vizora.env["HOME"] ?? folder,
    SHOP_BACKUPS: join(folder, "backups", "shop"),
    QUEUE_BACKUPS: join(folder, "backups", "queue"),
    S3_BACKUPS: join(folder, "backups", "media"),
    BACKUPS: join(folder, "backups", "vizora"),
    METRICS_BACKUPS: join(folder, "backups", "signage"),
    GRILL_BACKUPS: join(folder, "backups", "grill"),
    SHELF_BACKUPS: join(folder, "backups", "shelf"),
  };
  /** Without what Lifeboat keeps beside: the old collections, and its notes about them. */
  const collections = async (): Promise<unknown> => {
    const { vizora: found = {} } = await vizora.server.snapshot(["vizora"]);
    return Object.fromEntries(Object.entries(found).filter(([name]) => !/__before_|^lifeboat__/.test(name)));
  };
  const operator = await openOperator({
    folder,
    system: "seven",
    files: { system },
    backups: "SHOP_BACKUPS",
    env,
    end: async () => void (await Promise.allSettled(estates.map((estate) => estate.stop()))),
  });
  return {
    ...operator,
    stores: [
      {
        store: "database",
        target: "shop",
        live: async () => (await shop.snapshot(["shop"]))["shop"]?.tables,
        damage: () =>
          shop.server.psql("shop", "DELETE FROM items WHERE order_id < 20; UPDATE orders SET state = 'sent'"),
      },
      {
        store: "queue",
        target: "queue",
        live: () => queue.server.snapshot(),
        damage: () => queue.server.cli("DEL", "user:7", "bull:queue:1"),
      },
      {
        store: "content",
        target: "content",
        live: () => media.live.sums(),
        damage: () => media.live.put("clips/summer sale +50% (€).mp4", "A CLIP"),
      },
      {
        store: "analytics",
        target: "vizora",
        live: collections,
        damage: () => vizora.server.db("vizora").collection("orders").deleteOne({ _id: 5 }),
      },
      {
        store: "metrics",
        target: "vizora",
        live: () => signage.snapshot(["vizora"]),
        damage: () => signage.server.run("DROP TABLE vizora.device_heartbeats"),
      },
      {
        store: "temperatures",
        target: "grill",
        live: () => grill.server.snapshot("grill"),
        damage: () => grill.server.write("grill", ["temp,device=d1 celsius=-40 1609459200000000001"]),
      },
      {
        store: "files",
        target: "shelf",
        live: async () => shelf.tree("shelf"),
        damage: async () => shelf.engine.inside("shelf", "rm pages/5; echo late > .late"),
      },
    ],
  };
}
