import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDocker } from "../helpers/docker.ts";
import { figure, median, shellSeconds } from "./timing.ts";

const LIFEBOAT = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const ROUNDS = 3;

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

interface Timed {
  /** Of the archive's check, the copy, the load and its proof. */
  proven: number;
  /** Of the whole run, with preflight, swap and Lifeboat's own start. */
  whole: number;
  parts: string;
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
  const lifeboat = (...args: string[]): string =>
    execFileSync(process.execPath, [LIFEBOAT, ...args], { env, encoding: "utf8", maxBuffer: 1 << 28 });
  try {
    await engine.docker("volume", "create", "shelf");
    const bytes = fill(engine.pathOf("shelf"), files);
    writeSystem(folder, image);
    const backup = lifeboat("backup", "shelf").split("\n")[0] ?? "";
    console.log(`(e) a volume of ${files} files, ${(bytes / 1e6).toFixed(0)} MB`);
    const bare = async (round: number): Promise<number> => {
      const volume = `bare${round}`;
      await engine.docker("volume", "create", volume);
      const tar = `docker run --rm -i --network none -v ${volume}:/data ${image} tar -xz -C /data < ${backup}`;
      const seconds = shellSeconds(tar, env);
      await engine.docker("volume", "rm", volume);
      return seconds;
    };
    const ours = (): Timed => {
      const started = performance.now();
      const out = lifeboat(
        "run",
        "shelf",
        "restore",
        "--live",
        "--confirm",
        "shelf",
        "--backup",
        backup,
        "--json",
      );
      const whole = (performance.now() - started) / 1000;
      const steps = out
        .trim()
        .split("\n")
        .map((line): { type: string; step?: string; ms?: number } => JSON.parse(line))
        .filter(({ type }) => type === "step.ended")
        .map(({ step = "", ms = 0 }): [string, number] => [step.split(".")[1] ?? step, ms / 1000]);
      const proven = steps
        .filter(([name]) => ["artifact", "create", "load", "verify"].includes(name))
        .reduce((sum, [, seconds]) => sum + seconds, 0);
      return {
        proven,
        whole,
        parts: steps.map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`).join(", "),
      };
    };
    const [theirs, mine]: [number[], Timed[]] = [[], []];
    for (let round = 1; round <= ROUNDS; round += 1) {
      theirs.push(await bare(round));
      mine.push(ours());
      const kept = (await engine.docker("volume", "ls", "-q"))
        .split("\n")
        .filter((name) => name.includes("__before"));
      for (const name of kept) await engine.docker("volume", "rm", name);
    }
    const proven = median(mine.map((one) => one.proven));
    console.log(`  ${figure("restored and proven, .tar.gz", proven, median(theirs), 1.3)}`);
    console.log(
      `    steps (s) of the last: ${mine.at(-1)?.parts}; each whole run ${median(mine.map((one) => one.whole)).toFixed(1)} s`,
    );
    console.log(
      `    rounds (s): ${mine.map((one, at) => `${one.proven.toFixed(2)}/${theirs[at]?.toFixed(2)}`).join(", ")}`,
    );
  } finally {
    await engine.stop();
  }
}
