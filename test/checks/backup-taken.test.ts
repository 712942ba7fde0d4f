import { expect, test } from "vitest";
import { judgeBackupTaken } from "../../src/checks/backup-taken.ts";

const judged = (path: string, ...backups: { path: string; manifest?: string }[]) => {
  const catalog = { store: "database", backups: backups.map((backup) => ({ bytes: 12, ...backup })) };
  const stdout = `${path}\n12 B, custom, 1 table\n${JSON.stringify(catalog, null, 2)}\n`;
  const evidence = { stdout, stderr: "", exit: 0 };
  return judgeBackupTaken(evidence, { store: "database" }, () => undefined).map(({ result }) => result);
};

test("a backup that is found with its manifest is one", () => {
  expect(judged("/b/new", { path: "/b/old" }, { path: "/b/new", manifest: "/b/new.manifest.json" })).toEqual([
    "pass",
    "pass",
  ]);
});

test("a backup that no restore would find is none", () => {
  expect(judged("/b/new", { path: "/b/old", manifest: "/b/old.manifest.json" })).toEqual(["fail", "fail"]);
});

test("a backup without a manifest is red: nothing could be compared with it", () => {
  expect(judged("/b/new", { path: "/b/new" })).toEqual(["pass", "fail"]);
});
