import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { openVolumeEstate, treeOf, type VolumeEstate } from "../../helpers/volume-estate.ts";

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

let estate: VolumeEstate;
let backup: string;

suiteFor(
  "a volume whose content is copied instead of moved",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate();
      await estate.fill("origin");
      backup = await estate.backup("origin");
    });
    afterAll(() => estate?.stop());

    test("strategy replace: the old content is copied and proven, the new one filled in; undo copies it back", async () => {
      await estate.engine.docker("volume", "create", "plain");
      execFileSync("cp", ["-a", `${estate.engine.pathOf("origin")}/.`, estate.engine.pathOf("plain")]);
      writeFileSync(join(estate.engine.pathOf("plain"), ".late"), "written since");
      await estate.engine.consumer("user", "plain");
      const [before, volumes] = [estate.tree("plain"), await estate.volumes()];
      const ran = await estate.restore("plain", ["--backup", backup, "--strategy", "replace"]);
      expectOutcome(ran, 0, "Replace the content");
      expect(estate.tree("plain")).toEqual(estate.tree("origin"));
      const made = (await estate.volumes()).filter((name) => !volumes.includes(name));
      expect(made).toEqual([
        expect.stringMatching(/__before_\w+$/),
        expect.stringMatching(/__before_\w+\.proven$/),
      ]);
      expect(estate.tree(made[0] ?? "")).toEqual(before);
      expect(await estate.engine.docker("exec", "user", "cat", "/volume/pages/1")).toBe("page 1");
      const undo = await estate.lifeboat(["undo", runOf(ran), "--confirm", "plain"], {
        SHELF_VOLUME: "plain",
      });
      expectOutcome(undo, 0);
      expect(estate.tree("plain")).toEqual(before);
      expect(await estate.volumes()).toEqual(volumes);
      expect(await estate.running()).toEqual(["user"]);
    });

    test("a volume that is a folder from elsewhere is copied without being asked for, and cleanup leaves only it", async () => {
      const device = join(estate.folder, "elsewhere");
      mkdirSync(device);
      const options = ["type=none", "o=bind", `device=${device}`].flatMap((one) => ["--opt", one]);
      await estate.engine.docker("volume", "create", ...options, "bound");
      writeFileSync(join(device, "old"), "old");
      const ran = await estate.restore("bound", ["--backup", backup]);
      expectOutcome(ran, 0, "its content is copied", "Replace the content");
      expect(treeOf(device)).toEqual(estate.tree("origin"));
      const kept = (await estate.volumes()).find((name) => /bound__before_\w+$/.test(name)) ?? "";
      expect(Object.keys(estate.tree(kept))).toEqual([".", "old"]);
      expectOutcome(
        await estate.lifeboat(["cleanup", runOf(ran), "--confirm", kept], { SHELF_VOLUME: "bound" }),
        0,
      );
      expect((await estate.volumes()).filter((name) => name.startsWith("bound"))).toEqual(["bound"]);
    });

    test("a copy of the old content that is not like it stops everything before anything is emptied", async () => {
      await estate.engine.docker("volume", "create", "spoilt");
      execFileSync("cp", ["-a", `${estate.engine.pathOf("origin")}/.`, estate.engine.pathOf("spoilt")]);
      const before = estate.tree("spoilt");
      // A tar that leaves something out and exits 0.
      const env = await estate.standIns({
        docker: `#!/bin/sh
PATH=\${PATH#*:}; export PATH
for word; do shift; case $word in *"tar -C /from"*) word=$(printf '%s' "$word" | sed 's#--numeric-owner \\. |#--numeric-owner ./link ./empty |#') ;; esac; set -- "$@" "$word"; done
exec docker "$@"
`,
      });
      const ran = await estate.restore("spoilt", ["--backup", backup, "--strategy", "replace"], env);
      expectOutcome(ran, 20, "the copy is not like the original", "./.hidden");
      expect(estate.tree("spoilt")).toEqual(before);
    });
  },
  noDocker(),
);
