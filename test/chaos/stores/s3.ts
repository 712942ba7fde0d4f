import { openS3Estate, pictures, type S3Estate } from "../../helpers/s3-estate.ts";
import type { ChaosPlace, ChaosStore } from "../chaos-store.ts";
import { look, same, seen } from "../look.ts";
import { openOwnHome } from "../own-home.ts";

type Sums = Record<string, string>;

/** What the backup holds. */
const HELD = { ...pictures(40), "clips/50% of ünï.mp4": "a clip" };
/** What happened since: a restore takes it back, an undo brings it back. */
const SINCE = {
  "clips/50% of ünï.mp4": "A CLIP",
  "thumbs/0/0.jpg": "another picture",
  "new.txt": "written since",
};
const LOST = ["thumbs/1/1.jpg", "thumbs/2/2.jpg"];

const sorted = (sums: Sums): [string, string][] =>
  Object.entries(sums).toSorted(([a], [b]) => (a < b ? -1 : 1));
const sameSums = (a: Sums, b: Sums): boolean => same(sorted(a), sorted(b));

/** A MinIO server with a bucket for each place. `tools`: the programs that are installed, in turns. */
export async function openChaosS3(tools: readonly ("rclone" | "mc" | "built-in")[]): Promise<ChaosStore> {
  const estate = await openS3Estate();
  await estate.live.empty();
  await estate.live.putAll(HELD);
  const backups = [await estate.backup("tree"), await estate.backup("tar.gz")];
  const held = await estate.live.sums();
  const paths = await Promise.all(tools.map((tool) => estate.only(tool)));
  return {
    place: (n) =>
      layPlace(estate, { n, held, backup: backups[n % 2] ?? "", path: paths[n % paths.length] ?? {} }),
    stop: () => estate.stop(),
  };
}

interface Ground {
  n: number;
  held: Sums;
  backup: string;
  path: Record<string, string>;
}

async function layPlace(estate: S3Estate, { n, held, backup, path }: Ground): Promise<ChaosPlace> {
  const { server } = estate;
  const name = `media-${n}z`;
  const live = server.bucket(name);
  await live.create();
  await live.putAll({ ...HELD, ...SINCE });
  await live.delete(...LOST);
  const before = await live.sums();
  const own = await openOwnHome(estate, { n, confirm: name, backup, env: { ...path, S3_BUCKET: name } });
  const besides = async (): Promise<string[]> =>
    (await server.buckets()).filter((one) => one.startsWith(`${name}-`));
  const keptSums = async (): Promise<Sums> => {
    const [kept] = (await besides()).filter((one) => one.includes("-before-"));
    return kept === undefined ? {} : server.bucket(kept).sums();
  };

  const wholeCopy = async (): Promise<string | undefined> => {
    // What is just being written over is in what was kept before.
    const kept = await keptSums().catch((): Sums => ({}));
    const now = await live.sums().catch((): Sums => ({}));
    const isThere = ([key, sum]: [string, string]): boolean => now[key] === sum || kept[key] === sum;
    return Object.entries(before).every(isThere) ? `${name} and what was kept of it` : undefined;
  };
  return {
    ...own,
    wholeCopy: () => look(wholeCopy),
    effects: async () => {
      const names = await besides();
      return [
        ...seen(
          names.some((one) => one.includes("-restore-")),
          "a copy exists",
          "restore.create",
        ),
        ...seen(
          names.some((one) => one.includes("-before-")),
          "objects are kept aside",
          "restore.keep",
        ),
        ...seen(!sameSums(await live.sums(), before), "the live bucket was changed", "restore.swap"),
      ];
    },
    wrongAtTheEnd: async (way) => {
      const names = await besides();
      const now = await live.sums();
      const wanted = way === "resume" ? held : before;
      const problems = sameSums(now, wanted)
        ? []
        : [`the live bucket holds ${JSON.stringify(now)}, not ${JSON.stringify(wanted)}`];
      const kept = names.filter((one) => one.includes("-before-"));
      if (names.length !== (way === "resume" ? 1 : 0) || kept.length !== names.length)
        problems.push(`buckets left over: ${names.join(", ") || "none, the old objects are gone"}`);
      if (way === "undo") return problems;
      const old = await keptSums();
      const lost = Object.entries(before).filter(([key, sum]) => now[key] !== sum && old[key] !== sum);
      return [...problems, ...lost.map(([key]) => `${key} from before is not kept`)];
    },
    clear: async () => {
      for (const one of [name, ...(await besides())]) await server.deleteBucket(one);
      await own.clear();
    },
  };
}
