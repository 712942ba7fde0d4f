import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { bytesOf } from "../../../src/base/byte-text.ts";
import { inspectArtifact } from "../../../src/catalog/inspect.ts";
import { LISTING } from "../../../src/stores/volume/listing.ts";
import type { CheckResult } from "../../../src/step/check.ts";
import { judgeMembers } from "../../../src/stores/volume/members-judge.ts";
import { compareCheck } from "../../../src/stores/volume/restore-proof.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

let folder: string;
let tree: string;
beforeAll(() => {
  folder = mkdtempSync("/tmp/lifeboat-listing-");
  tree = join(folder, "tree");
  const odd = Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xfe, 0x20, 0xff])]);
  for (const name of [
    "-dash",
    "with space",
    "tab\there",
    'it\'s "quoted"',
    "käse",
    "new\nline\n",
    "back\\slash",
    "$(x)",
    "*",
  ]) {
    mkdirSync(join(tree, name), { recursive: true });
    writeFileSync(join(tree, name, name), `content of ${name}`);
    symlinkSync(`../${name}\n`, join(tree, name, "link"));
  }
  writeFileSync(odd, "no UTF-8");
  writeFileSync(join(tree, "lead"), "hard");
  linkSync(join(tree, "lead"), join(tree, "-dash", "same"));
  linkSync(join(tree, "lead"), join(tree, "new\nline\n", "same"));
  linkSync(join(tree, "*", "*"), join(tree, "again"));
  mkdirSync(join(tree, "empty"), { mode: 0o700 });
  execFileSync("mkfifo", [join(tree, "pipe")]);
  utimesSync(join(tree, "lead"), 1, 1);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The list as the archive's reader makes it. */
async function wanted(): Promise<string[]> {
  const path = join(folder, "tree.tar");
  execFileSync("tar", ["-cf", path, "--numeric-owner", "-C", tree, "."]);
  const { facts, results } = await inspectArtifact(path, { kind: "volume" });
  expect(results.filter(({ result }) => result === "fail")).toEqual([]);
  return z.object({ members: z.array(z.string()) }).parse(facts).members;
}

function listed(shell: readonly string[]): Buffer {
  const [program = "", ...args] = shell;
  const env = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };
  const found = execFileSync(program, [...args, "-c", LISTING], { cwd: tree, env });
  return execFileSync("sort", [], { input: found, env: { ...env, LC_ALL: "C" } });
}

const judge = (stdout: string): CheckResult[] => {
  const evidence = { stdout, stderr: "docker: gone", exit: 0 };
  return judgeMembers(evidence, { volume: "shelf", wanted: "the manifest" }, () => undefined);
};

suiteFor("a listing made by a shell", ["busybox", "dash", "bash", "comm"], () => {
  test.each([
    ["dash with GNU's programs", ["dash"]],
    ["bash with GNU's programs", ["bash"]],
    ["busybox", ["busybox", "sh"]],
  ])(
    "%s agrees byte by byte with what the archive's reader says, odd names and links too",
    async (_what, shell) => {
      const lines = await wanted();
      expect(listed(shell).equals(Buffer.concat(lines.map((line) => bytesOf(`${line}\n`))))).toBe(true);
    },
  );

  test("of 100,000 files, three that differ are found and named in less than 5 s", () => {
    const sums = Array.from({ length: 100_000 }, (_, n) => n.toString(16).padStart(64, "0"));
    const lines = sums.flatMap((sum, n) => {
      const path = `./d${n % 211}/file-${n}`;
      return [`${path}\t81a4 0:0 ${n} 1700000000`, `${path}\t${sum}`];
    });
    const list = join(folder, "many.members");
    writeFileSync(list, [`! members 100000`, ...lines].sort().join("\n").concat("\n"));
    const found = lines.flatMap((line, at) => {
      if (line.startsWith("./d7/file-7\t")) return [];
      return at === 2001 ? [line.replace(/.$/, "f")] : [line];
    });
    writeFileSync(
      join(folder, "many.found"),
      ["./d0/more\t81a4 0:0 1 1700000000", ...found, "! members 100000"].join("\n").concat("\n"),
    );
    const source = compareCheck({ image: "x", env: {}, run: "x", stopSeconds: 1 }, "shelf", {
      path: "",
      bytes: 0,
      modifiedMs: 0,
      format: { wrapper: "none", payload: "tar" },
      manifest: undefined,
      manifestPath: undefined,
      listPath: list,
      notes: [],
    }).source;
    // The same line for sh, with the finished listing in the place of docker.
    const script = "argv" in source ? (source.argv[2] ?? "") : "";
    const typed = script.replace(/^.*?\} \| /s, `cat '${join(folder, "many.found")}' | `);
    expect(typed).toMatch(/^cat '.*comm -3/);
    const started = performance.now();
    const stdout = execFileSync("sh", ["-c", typed], { encoding: "utf8" });
    const results = judge(stdout);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(stdout.length).toBeLessThan(2_000);
    const failed = results.flatMap(({ result, why }) => (result === "fail" ? [why] : []));
    expect(failed).toEqual([
      "missing in shelf: ./d7/file-7",
      "not in the manifest: ./d0/more",
      "other content: ./d156/file-1000",
    ]);
  });

  test("a listing that broke off, or was never made, is no proof", () => {
    expect(judge("! members 3\n./a\t41ed 0:0\ndifferences: 2\nlines compared: 7\n")[0]).toMatchObject({
      result: "fail",
      why: expect.stringContaining("broke off"),
    });
    expect(judge("differences: 0\nlines compared: 0\n")[0]).toMatchObject({ result: "fail" });
    expect(judge("")[0]).toMatchObject({ result: "fail", why: expect.stringContaining("docker: gone") });
    expect(judge("differences: 0\nlines compared: 7\n").every(({ result }) => result === "pass")).toBe(true);
  });
});
