import { execFileSync } from "node:child_process";
import {
  appendFile,
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

export async function endingWith(folder: string, ending: string): Promise<string> {
  const names = (await readdir(folder)).toSorted();
  const name = names.find((one) => one.endsWith(ending));
  if (name === undefined) throw new Error(`no ${ending} in ${names.join(", ")}`);
  return join(folder, name);
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.from([(byte[0] ?? 0) ^ 0xff]), 0, 1, at);
  await file.close();
}

export interface Case {
  what: string;
  damage: (folder: string) => Promise<unknown>;
  says: RegExp;
}

/** On a folder without our manifest, so that the digest cannot be what finds them. */
export const FOLDERS: Case[] = [
  {
    what: "a missing shard",
    damage: async (at) => rm(await endingWith(at, ".s2.tar.gz")),
    says: /missing: \S+\.s2\.tar\.gz \(shard 2 of grill\.autogen\); influxd would restore the rest and exit with 0/,
  },
  {
    what: "a truncated shard",
    damage: async (at) => truncate(await endingWith(at, ".s2.tar.gz"), 700),
    says: /\.s2\.tar\.gz: .*the file was cut off: it ends at byte .* in the middle of the packed data/,
  },
  {
    what: "an empty shard",
    damage: async (at) => truncate(await endingWith(at, ".s2.tar.gz"), 0),
    says: /\.s2\.tar\.gz/,
  },
  {
    what: "a flipped byte in a shard",
    damage: async (at) => flip(await endingWith(at, ".s2.tar.gz"), 800),
    says: /\.s2\.tar\.gz: .*the file is damaged near byte/,
  },
  {
    what: "a shard packed anew without its content",
    damage: async (at) => writeFile(await endingWith(at, ".s2.tar.gz"), gzipSync(Buffer.alloc(1024))),
    says: /\.s2\.tar\.gz unpacks to 1,024 bytes instead of/,
  },
  {
    what: "a shard whose archive was cut and packed anew",
    damage: async (at) => {
      const path = await endingWith(at, ".s2.tar.gz");
      await writeFile(path, gzipSync(gunzipSync(await readFile(path)).subarray(0, 1500)));
    },
    says: /\.s2\.tar\.gz: the archive is whole.*\n?.*inside the member/,
  },
  {
    what: "metadata that is missing",
    damage: async (at) => rm(await endingWith(at, ".meta")),
    says: /missing: \S+\.meta \(the metadata\)/,
  },
  {
    what: "metadata that was cut",
    damage: async (at) => truncate(await endingWith(at, ".meta"), 100),
    says: /\.meta has 100 bytes for/,
  },
  {
    what: "a manifest that was cut",
    damage: async (at) => truncate(await endingWith(at, ".manifest"), 200),
    says: /it is no JSON: it was cut off or changed/,
  },
  {
    what: "a manifest that is missing",
    damage: async (at) => rm(await endingWith(at, ".manifest")),
    says: /it has no \.manifest: influxd restore -portable cannot read it without/,
  },
  {
    what: "two backups in one folder",
    damage: async (at) =>
      cp(at, join(`${at}x`, "second"), { recursive: true }).then(() => rename(`${at}x`, join(at, "x"))),
    says: /manifests lie in several folders/,
  },
  {
    what: "a page instead of the shards",
    damage: async (at) => {
      for (const name of await readdir(at)) await rm(join(at, name));
      await writeFile(join(at, "index.html"), "<html>login</html>");
    },
    says: /a folder without a \.manifest or meta\.00, so not written by influxd backup/,
  },
];

export const FILES: Case[] = [
  {
    what: "an archive cut in the middle",
    damage: async (at) => truncate(at, 9000),
    says: /the file was cut off: it ends at byte .* in the middle of the packed data/,
  },
  { what: "an empty file", damage: async (at) => truncate(at, 0), says: /there is nothing in it/ },
  {
    what: "a web page",
    damage: async (at) => writeFile(at, "<!DOCTYPE html><html><body>Sign in</body></html>"),
    says: /web page/,
  },
  {
    what: "junk behind the archive",
    damage: async (at) => appendFile(at, "junk"),
    says: /after the end|behind|junk/,
  },
  {
    what: "one shard alone",
    damage: async (at) => {
      const out = `${at}.d`;
      await mkdir(out);
      execFileSync("tar", ["-C", out, "-xzf", at]);
      await cp(await endingWith(out, ".s2.tar.gz"), at);
    },
    says: /one shard of a backup, without the manifest and the other shards/,
  },
  {
    what: "a shard that is damaged inside a whole archive",
    damage: async (at) => {
      const out = `${at}.d`;
      await mkdir(out);
      execFileSync("tar", ["-C", out, "-xzf", at]);
      await flip(await endingWith(out, ".s2.tar.gz"), 800);
      execFileSync("tar", ["-C", out, "-czf", at, "."]);
    },
    says: /\.s2\.tar\.gz: .*the file is damaged near byte/,
  },
  {
    what: "a shard missing in a whole archive",
    damage: async (at) => {
      const out = `${at}.d`;
      await mkdir(out);
      execFileSync("tar", ["-C", out, "-xzf", at]);
      await rm(await endingWith(out, ".s2.tar.gz"));
      execFileSync("tar", ["-C", out, "-czf", at, "."]);
    },
    says: /missing: \S+\.s2\.tar\.gz/,
  },
  {
    what: "a name that leads out of the folder",
    damage: async (at) => {
      const out = `${at}.d`;
      await mkdir(join(out, "in"), { recursive: true });
      execFileSync("tar", ["-C", join(out, "in"), "-xzf", at]);
      await writeFile(join(out, "evil.sh"), "true");
      execFileSync("sh", ["-c", `cd '${out}/in' && tar -P -czf '${at}' * ../evil.sh`]);
    },
    says: /\.\.\/evil\.sh: such an archive is not unpacked/,
  },
  {
    what: "a dump of another kind",
    damage: async (at) => writeFile(at, "-- PostgreSQL database dump\n\nCREATE TABLE a ();\n"),
    says: /this is not an InfluxDB backup/,
  },
];
