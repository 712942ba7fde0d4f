import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import type { Ran } from "../../helpers/lifeboat.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { changeByte, relink, unlinkHard } from "./damage.ts";
import { openVolumeEstate, SHELF_SYSTEM, type VolumeEstate } from "../../helpers/volume-estate.ts";

const VERIFY = `title: Is it whole
scenario: a look
steps:
  - id: look
    kind: verify
    store: files
`;

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

let estate: VolumeEstate;
let backup: string;
let made = 0;

/** A volume like the one that was backed up, files and times alike, with a page more. */
async function another(): Promise<string> {
  const volume = `shelf-${(made += 1)}`;
  await estate.engine.docker("volume", "create", volume);
  execFileSync("cp", ["-a", `${estate.engine.pathOf("origin")}/.`, estate.engine.pathOf(volume)]);
  return volume;
}
const at = (volume: string, path: string): string => join(estate.engine.pathOf(volume), path);
const check = (volume: string): Promise<Ran> =>
  estate.lifeboat(["run", "shelf", "check", "--live", "--plain", "--backup", backup, "--confirm", volume], {
    SHELF_VOLUME: volume,
  });
const late = (volume: string): void => writeFileSync(at(volume, ".late"), "written since");

suiteFor(
  "faults of volumes",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate();
      await estate.fill("origin");
      backup = await estate.backup("origin");
      await estate.writeRunbook("check", VERIFY);
    });
    afterAll(() => estate?.stop());

    test("an untouched volume is green", async () => {
      expectOutcome(await check(await another()), 0);
    });

    test.each<[string, (volume: string) => void, RegExp]>([
      [
        "one changed byte",
        (v) => changeByte(at(v, "pages/deep/large")),
        /other content: \.\/pages\/deep\/large/,
      ],
      ["one missing file", (v) => unlinkSync(at(v, ".hidden/.dot")), /missing in .*: \.\/\.hidden\/\.dot/],
      ["one file more, a dotfile", (v) => late(v), /not in the manifest: \.\/\.late/],
      [
        "another owner",
        (v) => chownSync(at(v, "pages/1"), 12, 34),
        /\.\/pages\/1 \(was .*owner 0:0.*is .*owner 12:34/,
      ],
      [
        "another mode",
        (v) => chmodSync(at(v, "pages/3"), 0o755),
        /\.\/pages\/3 \(was file 4755.*is file 0755/,
      ],
      ["another link target", (v) => relink(at(v, "link")), /\.\/link \(was -> pages\/1, is -> pages\/2\)/],
      [
        "a hard link that became a copy",
        (v) => unlinkHard(at(v, "pages/twin")),
        /twin.*another file than its hard links/,
      ],
      ["an odd name missing", (v) => unlinkSync(at(v, "new\nline")), /missing in .*: \.\/new\\nline/],
    ])("%s makes verification red and is named", async (_what, damage, says) => {
      const volume = await another();
      damage(volume);
      const before = estate.tree(volume);
      expectOutcome(await check(volume), 24, says);
      expect(estate.tree(volume)).toEqual(before);
    });

    test("what was changed on the way into the copy is found before the swap, and the live volume stays", async () => {
      const volume = await another();
      late(volume);
      const before = estate.tree(volume);
      const spoil = `printf XXXXXXXXXXXXXXXX | dd of="$(ls -d ${estate.engine.folder}/data/volumes/${volume}__restore_*)/_data/pages/deep/large" bs=16 seek=100 conv=notrunc`;
      const env = await estate.standIns({
        docker: `#!/bin/sh
case "$*" in *"tar -xpf"*) /usr/bin/env -i PATH="$REST" DOCKER_HOST="$DOCKER_HOST" docker "$@"; s=$?; { ${spoil}; } 2>/dev/null; exit $s ;; esac
PATH=\${PATH#*:} exec docker "$@"
`.replace("$REST", estate.env["PATH"] ?? ""),
      });
      const ran = await estate.restore(volume, ["--backup", backup, "--on-failure", "undo"], env);
      expectOutcome(ran, 21, /other content: \.\/pages\/deep\/large/);
      expect(estate.tree(volume)).toEqual(before);
      expect((await estate.volumes()).filter((name) => name.startsWith(`${volume}_`))).toEqual([]);
    });

    test("a backup of what is being written to says so, in its words and in its manifest", async () => {
      const volume = await another();
      const writes = "while :; do echo line >> /volume/pages/log; sleep 0.02; done";
      const run = ["run", "-d", "--network", "none", "--name", "writer", "-v", `${volume}:/volume`];
      await estate.engine.docker(...run, estate.engine.image, "sh", "-c", writes);
      const ran = await estate.lifeboat(["backup", "shelf", "--format", "tar.gz"], { SHELF_VOLUME: volume });
      await estate.engine.docker("rm", "-f", "writer");
      expectOutcome(ran, 0, "written to meanwhile (./pages/log)");
      const path = ran.stdout.split("\n")[0] ?? "";
      expect(JSON.parse(readFileSync(`${path}.manifest.json`, "utf8"))).toMatchObject({
        changing: ["./pages/log"],
      });
      const plan = await estate.lifeboat(["plan", "shelf", "lost", "--backup", path], {
        SHELF_VOLUME: volume,
      });
      expectOutcome(plan, 0, "half old, half new");
    });

    test("a mistyped volume is not made by looking, backing up or drilling", async () => {
      const before = await estate.volumes();
      const typo = { SHELF_VOLUME: "orgin" };
      expectOutcome(await estate.lifeboat(["backup", "shelf"], typo), 20, "no such volume", "orgin");
      expectOutcome(await check("orgin"), 24, "orgin");
      expectOutcome(
        await estate.restore("orgin", ["--dry-run", "--backup", backup]),
        0,
        "did you mean origin?",
      );
      expectOutcome(
        await estate.restore("orgin", ["--drill", "--backup", backup]),
        0,
        "did you mean origin?",
      );
      expect(await estate.volumes()).toEqual(before);
    });

    test("a volume that is lost is made again, and undo removes it again", async () => {
      const good = estate.tree("origin");
      const before = await estate.volumes();
      const ran = await estate.restore("lost-one", ["--backup", backup]);
      expectOutcome(ran, 0, "lost-one holds the restored data");
      expect(estate.tree("lost-one")).toEqual(good);
      const undo = await estate.lifeboat(["undo", runOf(ran), "--confirm", "lost-one"], {
        SHELF_VOLUME: "lost-one",
      });
      expectOutcome(undo, 0);
      expect(await estate.volumes()).toEqual(before);
    });

    test("no engine there: exit 11, and what to do", async () => {
      const ran = await estate.restore("origin", ["--backup", backup], {
        DOCKER_HOST: "unix:///nowhere/docker.sock",
      });
      expectOutcome(ran, 11, "/nowhere/docker.sock", "systemctl start docker");
    });

    test("an image that the engine does not have: exit 11, nothing was pulled or touched", async () => {
      const volume = await another();
      await estate.writeSystem(SHELF_SYSTEM.replace("lifeboat-test/busybox", "busybox:none"));
      const ran = await estate.restore(volume, ["--backup", backup]);
      await estate.writeSystem(SHELF_SYSTEM);
      expectOutcome(ran, 11, "does not have the image busybox:none", "docker pull busybox:none");
    });

    test("a backup of another system or store, a dump, a web page: exit 11", async () => {
      const copy = join(estate.folder, "shelf-20260101_000000.tar.gz");
      writeFileSync(copy, "<!DOCTYPE html><html></html>");
      expectOutcome(await estate.restore("origin", ["--drill", "--backup", copy]), 11, "web page");
      writeFileSync(copy, readFileSync(backup));
      const manifest = readFileSync(`${backup}.manifest.json`, "utf8");
      writeFileSync(`${copy}.manifest.json`, manifest.replace('"system": "shelf"', '"system": "attic"'));
      expectOutcome(await estate.restore("origin", ["--drill", "--backup", copy]), 11, "another system");
      rmSync(`${copy}.manifest.json`);
    });

    test("one changed byte of the archive: exit 11 by the manifest's digest", async () => {
      const copy = join(estate.folder, "shelf-20260102_000000.tar.gz");
      const bytes = readFileSync(backup);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(copy, bytes);
      writeFileSync(`${copy}.manifest.json`, readFileSync(`${backup}.manifest.json`));
      expectOutcome(await estate.restore("origin", ["--drill", "--backup", copy]), 11, "sha256", copy);
    });

    test("without a manifest every path is compared with the archive itself; cut between two members it is refused", async () => {
      const volume = await another();
      const plain = await estate.backup("origin", "tar");
      const bare = join(estate.folder, "shelf-20260103_000000.tar");
      writeFileSync(bare, readFileSync(plain));
      late(volume);
      const ran = await estate.restore(volume, ["--backup", bare]);
      expectOutcome(ran, 0, `${volume} holds the restored data`);
      expect(estate.tree(volume)).toEqual(estate.tree("origin"));
      const bytes = readFileSync(plain);
      const list = execFileSync("tar", ["-tRf", plain], { encoding: "utf8" });
      const block = Number(/^block (\d+): .*pages\/4$/m.exec(list)?.[1]);
      expect(block).toBeGreaterThan(2);
      writeFileSync(bare, bytes.subarray(0, block * 512));
      const before = estate.tree(volume);
      expectOutcome(await estate.restore(volume, ["--backup", bare]), 11, "cut off between two members");
      expect(estate.tree(volume)).toEqual(before);
    });

    test("an empty volume is backed up and restored as such", async () => {
      await estate.engine.docker("volume", "create", "void");
      const empty = await estate.backup("void");
      writeFileSync(at("void", ".late"), "x");
      expectOutcome(await estate.restore("void", ["--backup", empty]), 24, "there are pages");
      await estate.writeRunbook(
        "empty",
        "title: Empty\nscenario: x\nsteps:\n  - { id: restore, kind: restore, store: files }\n",
      );
      const ran = await estate.lifeboat(
        ["run", "shelf", "empty", "--live", "--confirm", "void", "--backup", empty],
        { SHELF_VOLUME: "void" },
      );
      expectOutcome(ran, 0);
      expect(Object.keys(estate.tree("void"))).toEqual(["."]);
    });
  },
  noDocker(),
);
