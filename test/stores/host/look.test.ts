import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { getuid } from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeLook } from "../../../src/stores/host/judges.ts";
import { lookCommand } from "../../../src/stores/host/look.ts";
import { binWith, place, ranThere } from "./far-end.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-look-");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const look = async (args: object, programs: string[], folders: string[], bin?: string) => {
  const { stdout } = ranThere(
    lookCommand(place, folders, programs),
    undefined,
    bin === undefined ? {} : { PATH: bin },
  );
  const all = { host: "db", words: "container db", folder: folders[0] ?? "", needed: 1, ...args };
  return judgeLook({ stdout: String(stdout), stderr: "", exit: 0 }, all, () => undefined);
};
const bad = (results: Awaited<ReturnType<typeof look>>) =>
  results.filter(({ result }) => result !== "pass").map(({ name, found, why }) => [name, found, why]);

describe("a host", () => {
  test("that has all is green", async () => {
    expect(bad(await look({}, ["gunzip", "tar"], [folder]))).toEqual([]);
  });

  test("without a program is red with its name", async () => {
    const [result] = (await look({}, ["gunzip", "cat"], [folder], await binWith(folder))).filter(
      ({ result: word }) => word === "fail",
    );
    expect(result).toMatchObject({ found: "missing: gunzip" });
    expect(result?.fix).toContain("install gunzip there");
  });

  test("whose folder is not there, or has no room, is red before anything is sent", async () => {
    const gone = await look({}, [], [join(folder, "none")]);
    expect(bad(gone)).toEqual([[expect.any(String), undefined, `${join(folder, "none")} is not there`]]);
    const full = await look({ needed: 1e18 }, [], [folder]);
    expect(bad(full)[0]?.[2]).toContain("are needed");
  });

  test.skipIf(getuid?.() === 0)("whose folder may not be written to is red", async () => {
    const closed = await mkdtemp(join(folder, "closed-"));
    await chmod(closed, 0o500);
    expect(bad(await look({}, [], [closed]))[0]?.[2]).toBe(`${closed} is not writable`);
  });
});
