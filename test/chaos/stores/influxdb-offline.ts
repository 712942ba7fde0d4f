import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type InfluxSnapshot, startInflux } from "../../helpers/influxdb.ts";
import { type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import type { ChaosPlace, ChaosStore } from "../chaos-store.ts";
import { look, same } from "../look.ts";
import { openOwnHome } from "../own-home.ts";

/** Each look may start a server of its own. */
const ATTEMPTS = 8;

/** Every place is a server of its own, whose folders are exchanged for a legacy backup while it is stopped. */
export async function openChaosInfluxOffline(): Promise<ChaosStore> {
  const open = new Set<InfluxEstate>();
  return {
    place: async (n) => {
      const estate = await openInfluxEstate();
      open.add(estate);
      return layPlace(estate, n, async () => {
        open.delete(estate);
        await estate.stop();
      });
    },
    stop: async () => void (await Promise.all([...open].map((estate) => estate.stop()))),
  };
}

async function layPlace(estate: InfluxEstate, n: number, clear: () => Promise<void>): Promise<ChaosPlace> {
  const { server, folder } = estate;
  const backup = join(folder, "legacy");
  await server.influxd("backup", "-db", "grill", backup);
  const held = (await server.snapshot("grill")) ?? {};
  // What happened since the backup: a restore loses it, an undo brings it back.
  await server.write("grill", ["late v=1 1609459200000000000"]);
  const before = (await server.snapshot("grill")) ?? {};
  const args = ["--strategy", "replace"];
  const ownHome = await openOwnHome(estate, { n, confirm: "grill", backup, args, env: {} });
  const live = (): Promise<InfluxSnapshot | undefined> => server.snapshot("grill").catch(() => undefined);
  const own = async (kind: string): Promise<string[]> =>
    (await readdir(folder))
      .filter((name) => name.startsWith(`lifeboat-${kind}-`))
      .map((name) => join(folder, name));

  const wholeCopy = async (): Promise<string | undefined> => {
    if (same(await live(), before)) return "the live server";
    const [kept = ""] = await own("before");
    return same(await lookedInto(folder, kept), before) ? kept : undefined;
  };
  return {
    ...ownHome,
    wholeCopy: () => look(wholeCopy, ATTEMPTS),
    effects: async () => [
      ...(await own("restore")).map((what) => ({ what, steps: ["restore.build"] })),
      ...(await own("before")).map((what) => ({ what, steps: ["restore.swap"] })),
      ...(await own("exchange")).map((what) => ({ what, steps: ["restore.swap"] })),
    ],
    wrongAtTheEnd: async (way) => {
      const found = await live();
      const [kept, ...more] = await own("before");
      const rest = [...(await own("restore")), ...more, ...(way === "undo" ? await own("exchange") : [])];
      return [
        ...(same(found, way === "resume" ? held : before)
          ? []
          : [`the live server does not hold what it should: ${Object.keys(found ?? {}).join(", ")}`]),
        ...rest.map((one) => `left over: ${one}`),
        ...(way === "undo" && kept !== undefined ? [`left over: ${kept}`] : []),
        ...(way === "resume" && !same(await lookedInto(folder, kept ?? ""), before)
          ? ["the old folders are not whole"]
          : []),
      ];
    },
    mayStay: /^influxd -config/,
    clear,
  };
}

/** What a server on copies of the old folders holds: those set aside already, the others where they were. */
async function lookedInto(folder: string, kept: string): Promise<InfluxSnapshot | undefined> {
  const at = (name: string): string => (existsSync(join(kept, name)) ? join(kept, name) : join(folder, name));
  try {
    const eye = await startInflux({ copyOf: { meta: at("meta"), data: at("data"), wal: at("wal") } });
    try {
      return await eye.snapshot("grill");
    } finally {
      await eye.stop();
    }
  } catch {
    return undefined;
  }
}
