import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { blocksOf, type HandoverStep, sectionOf, stepsLeftIn, type } from "../../helpers/handover.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { openVolumeEstate, type Tree, type VolumeEstate } from "../../helpers/volume-estate.ts";

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

let estate: VolumeEstate;
let backup: string;

interface Killed {
  volume: string;
  user: string;
  before: Tree;
  handover: string;
}

/** A live run on a volume of its own that is killed as soon as its journal has the line. */
async function killedAt(volume: string, line: RegExp, more: readonly string[] = []): Promise<Killed> {
  await estate.engine.docker("volume", "create", volume);
  execFileSync("cp", ["-a", `${estate.engine.pathOf("origin")}/.`, estate.engine.pathOf(volume)]);
  writeFileSync(join(estate.engine.pathOf(volume), ".late"), "written since");
  const user = `${volume}-user`;
  await estate.engine.consumer(user, volume);
  const before = estate.tree(volume);
  const earlier = new Set(await estate.runs());
  const args = ["run", "shelf", "lost", "--live", "--confirm", volume, "--backup", backup, ...more];
  const run = estate.start(args, { SHELF_VOLUME: volume });
  const folder = async (): Promise<string> =>
    join(estate.home, "runs", (await estate.runs()).find((one) => !earlier.has(one)) ?? "none");
  const read = async (name: string): Promise<string> => {
    try {
      return readFileSync(join(await folder(), name), "utf8");
    } catch {
      return "";
    }
  };
  while (!line.test(await read("journal.jsonl"))) await setTimeout(1);
  run.kill("SIGKILL");
  await run.ended;
  return { volume, user, before, handover: await read("handover.md") };
}

async function must(script: string): Promise<string> {
  const { PATH = "", DOCKER_HOST = "" } = estate.engine.env;
  const typed = await type(script, { PATH, DOCKER_HOST });
  expect(typed, script).toMatchObject({ exit: 0 });
  return typed.stdout;
}

/** Nobody else may work on it: Lifeboat is gone, its commands and its containers are ended. */
async function makeSure(handover: string): Promise<void> {
  const first = blocksOf(sectionOf(handover, "First: nobody else"));
  expect(first.length).toBeGreaterThan(0);
  for (const { script } of first) await must(script);
}

async function finishStep(step: HandoverStep): Promise<void> {
  const probe = step.blocks.find((block) => block.says.includes("See first how far it came"));
  const answer = probe === undefined ? "NOT DONE" : (await must(probe.script)).trim().split("\n").at(-1);
  expect(["DONE", "NOT DONE", "PARTLY"]).toContain(answer);
  for (const block of step.blocks.filter((one) => one !== probe)) {
    if (answer === "DONE" && block.says.startsWith("Run")) continue;
    const printed = await must(block.script);
    if (block.prints !== undefined) expect(printed).toContain(block.prints);
  }
}

const seenBy = (user: string): Promise<string> => estate.engine.docker("exec", user, "ls", "-A", "/volume");

suiteFor(
  "a volume's restore without Lifeboat",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate();
      await estate.fill("origin");
      backup = await estate.backup("origin");
    });
    afterAll(() => estate?.stop());

    test.each<[string, RegExp, string[]]>([
      ["fin-load", /"command.spawned","step":"restore.load"/, []],
      ["fin-swap", /"command.spawned","step":"restore.swap"/, []],
      ["fin-copy", /"command.spawned","step":"restore.swap","index":2/, ["--strategy", "replace"]],
    ])(
      "killed in %s, a person with handover.md and a shell brings the files back",
      async (volume, line, more) => {
        const { handover, user, before } = await killedAt(volume, line, more);
        await makeSure(handover);
        for (const step of stepsLeftIn(handover)) await finishStep(step);
        expect(estate.tree(volume)).toEqual(estate.tree("origin"));
        expect(await seenBy(user)).not.toContain(".late");
        const kept = (await estate.volumes()).filter((name) =>
          new RegExp(`^${volume}__before_\\w+$`).test(name),
        );
        expect(estate.tree(kept[0] ?? "none")).toEqual(before);
      },
    );

    test.each<[string, RegExp, string[]]>([
      ["back-load", /"command.spawned","step":"restore.load"/, []],
      ["back-swap", /"command.spawned","step":"restore.swap","index":1/, []],
      ["back-swapped", /"command.ended","step":"restore.swap","index":1/, []],
      ["back-copy", /"command.spawned","step":"restore.swap","index":2/, ["--strategy", "replace"]],
    ])(
      "killed in %s, the way back gives the old files and leaves nothing over",
      async (volume, line, more) => {
        const { handover, user, before } = await killedAt(volume, line, more);
        await makeSure(handover);
        const back = blocksOf(sectionOf(handover, "The way back"));
        expect(back.length).toBeGreaterThan(0);
        for (const { script } of back) await must(script);
        expect(estate.tree(volume)).toEqual(before);
        expect(await seenBy(user)).toContain(".late");
        expect((await estate.volumes()).filter((name) => name.startsWith(`${volume}__`))).toEqual([]);
      },
    );

    test("certify: the runbook is right at every boundary of a simulated world", async () => {
      for (const strategy of ["swap", "replace"])
        expectOutcome(await estate.lifeboat(["certify", "shelf", "lost", "--strategy", strategy]), 0);
    });

    test("lint knows the kind, and what is wrong with a volume's name", async () => {
      expectOutcome(await estate.lifeboat(["lint"]), 0);
      const ran = await estate.lifeboat(["lint"], { SHELF_VOLUME: "../etc" });
      expectOutcome(ran, 10, "system.yaml", "letters, digits");
    });
  },
  noDocker(),
);
