import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDocker } from "../helpers/docker.ts";
import { startLifeboat } from "../helpers/lifeboat.ts";
import { stepTimes, sumOf, timedRun, type TimedRun } from "./timed-run.ts";
import { figure, median, shellSeconds } from "./timing.ts";

const ROUNDS = 3;
/** The archive's check, the copy, the load and its proof. */
const PROVEN = ["artifact", "create", "load", "verify"];

/** Files of 200 B to some 100 kB, half of each noise, as photographs and logs are. */
function fill(root: string, files: number): number {
  let bytes = 0;
  for (let n = 0; n < files; n += 1) {
    const folder = join(root, `d${n % 97}`, `e${n % 13}`);
    mkdirSync(folder, { recursive: true });
    const size = Math.floor(-Math.log(1 - (n + 0.5) / files) * 20_000) + 200;
    const content = Buffer.alloc(size, `line ${n} of some text that can be packed; `);
    randomBytes(Math.floor(size / 2)).copy(content);
    writeFileSync(join(folder, `file-${n}`), content);
    bytes += size;
  }
  return bytes;
}

function writeSystem(folder: string, image: string): void {
  mkdirSync(join(folder, "runbooks", "shelf"), { recursive: true });
  writeFileSync(
    join(folder, "runbooks", "shelf", "system.yaml"),
    `title: bench\nenvironment: bench\nstores:\n  files:\n    kind: volume\n    volume: shelf\n    image: ${image}\n    backups:\n      - path: ${join(folder, "backups", "shelf-{timestamp}.tar.gz")}\n`,
  );
  writeFileSync(
    join(folder, "runbooks", "shelf", "restore.yaml"),
    "title: Restore\nscenario: bench\nsteps:\n  - { id: restore, kind: restore, store: files }\n",
  );
}

/** (e) Restore and proof of a volume of 10,000 files against `docker run … tar -xz` alone. */
export async function benchVolume(files = 10_000): Promise<void> {
  const engine = await startDocker();
  const { folder, image } = engine;
  const env = {
    ...engine.env,
    LIFEBOAT_HOME: join(folder, "home"),
    LIFEBOAT_RUNBOOKS: join(folder, "runbooks"),
  };
  try {
    await engine.docker("volume", "create", "shelf");
    const bytes = fill(engine.pathOf("shelf"), files);
    writeSystem(folder, image);
    const taken = await startLifeboat(["backup", "shelf"], { env, cwd: folder }).ended;
    if (taken.code !== 0) throw new Error(`the backup ended with ${taken.code}: ${taken.stderr}`);
    const backup = taken.stdout.split("\n")[0] ?? "";
    console.log(`(e) a volume of ${files} files, ${(bytes / 1e6).toFixed(0)} MB`);
    const bare = async (round: number): Promise<number> => {
      const volume = `bare${round}`;
      await engine.docker("volume", "create", volume);
      const tar = `docker run --rm -i --network none -v ${volume}:/data ${image} tar -xz -C /data < ${backup}`;
      execFileSync("sync");
      const seconds = shellSeconds(tar, env);
      await engine.docker("volume", "rm", volume);
      return seconds;
    };
    const args = ["shelf", "restore", "--live", "--confirm", "shelf", "--backup", backup];
    const [theirs, mine]: [number[], TimedRun[]] = [[], []];
    for (let round = 1; round <= ROUNDS; round += 1) {
      theirs.push(await bare(round));
      // What the other side has left to be written must not be waited for by this one.
      execFileSync("sync");
      mine.push(await timedRun(args, env));
      const kept = (await engine.docker("volume", "ls", "-q"))
        .split("\n")
        .filter((name) => name.includes("__before"));
      for (const name of kept) await engine.docker("volume", "rm", name);
    }
    const proven = mine.map((one) => sumOf(one, PROVEN));
    const last = mine.at(-1);
    console.log(`  ${figure("restored and proven, .tar.gz", median(proven), median(theirs), 1.3)}`);
    console.log(
      `    steps (s) of the last: ${last && stepTimes(last)}; each whole run ${median(mine.map((one) => one.seconds)).toFixed(1)} s`,
    );
    console.log(
      `    rounds (s): ${proven.map((one, at) => `${one.toFixed(2)}/${theirs[at]?.toFixed(2)}`).join(", ")}`,
    );
  } finally {
    await engine.stop();
  }
}
