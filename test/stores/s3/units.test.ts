import { expect, test } from "vitest";
import {
  decodeKey,
  encodeKey,
  keyLine,
  md5OfETag,
  parseKeyLine,
  sortedLines,
} from "../../../src/base/key-lines.ts";
import { s3 as declaration } from "../../../src/runbook/store-kinds/s3.ts";
import { noFile } from "../../../src/s3/download.ts";
import { judgeChanges, judgeCompare, judgeReferences, judgeSums } from "../../../src/stores/s3/judges.ts";
import { bucketNamed } from "../../../src/stores/s3/names.ts";
import { chooseTool, type ToolNeeds } from "../../../src/stores/s3/tools.ts";

const none = () => undefined;
const said = (stdout: string) => ({ stdout, stderr: "", exit: 0 });
const compared = (of: Partial<Record<string, [number, number]>>, keys = ""): string =>
  keys +
  ["missing", "extra", "size", "content", "unknown", "same"]
    .map((kind) => `! ${kind} ${(of[kind] ?? [0, 0]).join(" ")}\n`)
    .join("");

const needs = (more: Partial<ToolNeeds>): ToolNeeds => ({
  setting: "auto",
  clients: { rclone: "rclone v1.66.0", aws: "aws-cli/2.15.0", mc: "mc version RELEASE.2025" },
  oddKeys: 0,
  twoServers: false,
  hasKeys: true,
  ...more,
});

test("a key with every odd character survives the list, and only % and control characters are written otherwise", () => {
  const key = "a b/%41+ü€😀\n\t\u0001\"'\\<&>";
  expect(decodeKey(encodeKey(key))).toBe(key);
  expect(encodeKey("a b+ü")).toBe("a b+ü");
  const line = { key, bytes: 12, md5: "-", sha256: "ab" };
  expect(parseKeyLine(keyLine(line))).toEqual(line);
});

test("lists are sorted by bytes as sort and join want them, not as JavaScript compares", () => {
  expect(sortedLines(["\u{1F600}", "\uFFFD", "b", "B", "a"])).toEqual(["B", "a", "b", "\uFFFD", "\u{1F600}"]);
});

test("the ETag of an object that was sent in pieces is no md5", () => {
  expect(md5OfETag('"d41d8cd98f00b204e9800998ecf8427e"')).toBe("d41d8cd98f00b204e9800998ecf8427e");
  expect(md5OfETag('"d41d8cd98f00b204e9800998ecf8427e-3"')).toBe("-");
});

test("keys that would lie outside the folder, or nowhere, are no files", () => {
  for (const key of ["/a", "a//b", "a/../b", "./a", "a/", "x".repeat(256)]) expect(noFile(key)).toBeDefined();
  for (const key of ["a", "a/b", ".hidden", "a/..b", " "]) expect(noFile(key)).toBeUndefined();
});

test("the first program that is installed does the work; Midnight Commander is not MinIO's client", () => {
  expect(chooseTool(needs({})).tool.name).toBe("rclone");
  const { mc = "" } = needs({}).clients;
  expect(chooseTool(needs({ clients: { rclone: "", aws: "", mc } })).tool.name).toBe("mc");
  const commander = { rclone: "", aws: "", mc: "GNU Midnight Commander 4.8.29" };
  expect(chooseTool(needs({ clients: commander }))).toMatchObject({
    tool: { name: "built-in" },
    why: "rclone, aws and mc are not installed",
  });
});

test("a program that cannot do it is passed over, and the plan says why", () => {
  const clients = { rclone: "", aws: "aws-cli/2.15.0", mc: "" };
  expect(chooseTool(needs({ clients, twoServers: true }))).toMatchObject({
    tool: { name: "built-in" },
    why: "not aws: aws speaks to one server at a time",
  });
  expect(chooseTool(needs({ setting: "rclone", oddKeys: 2 }))).toMatchObject({ tool: { name: "built-in" } });
  expect(chooseTool(needs({ setting: "aws", clients: { aws: "" } })).missing).toBe("aws");
});

test("names of buckets stay within 63 characters, without underscores or a dash too many", () => {
  const name = bucketNamed(`${"long.".repeat(12)}x`, "before", "1120_071034_mmQi");
  expect(name.length).toBeLessThanOrEqual(63);
  expect(name).toMatch(/^[a-z0-9.]+[a-z0-9]-before-1120-071034-mmqi$/);
});

test("an empty comparison is red, one that was cut off too", () => {
  const args = { what: "the copy", wanted: "the manifest", extra: "fail" };
  expect(judgeCompare(said(compared({})), args, none)).toEqual([]);
  expect(judgeCompare(said("! missing 0 0\n"), args, none)).toMatchObject([{ result: "fail" }]);
  expect(judgeCompare(said(""), args, none)).toMatchObject([{ result: "fail" }]);
});

test("what no md5 is known of is never passed for content", () => {
  const args = { what: "the copy", wanted: "the manifest", extra: "fail" };
  const results = judgeCompare(said(compared({ unknown: [3, 900] })), args, none);
  expect(results.at(-1)).toMatchObject({ level: "content", result: "not checked" });
});

const changes = (limit: string, deleted: number) =>
  judgeChanges(
    said(compared({ extra: [deleted, 10], same: [100 - deleted, 10] })),
    { limit, extra: "delete", over: "fail" },
    none,
  ).at(-1)?.result;

test("the brake counts shares of what the bucket holds, and numbers", () => {
  const results = [changes("25%", 25), changes("25%", 26), changes("10", 10), changes("10", 11)];
  expect(results).toEqual(["pass", "fail", "pass", "fail"]);
});

test("a sample of which nothing could be read is red", () => {
  expect(judgeSums(said("! read 0 12\n"), { what: "x" }, none)).toMatchObject([{ result: "fail" }]);
  expect(judgeSums(said("! read 0 0\n"), { what: "x" }, none)).toMatchObject([{ result: "not checked" }]);
  expect(judgeSums(said("different\ta b\n! read 5 12\n"), { what: "x" }, none)).toMatchObject([
    { result: "fail", why: "1 with other content: a b" },
  ]);
});

test("a question that gave no keys proves nothing", () => {
  const args = { store: "database", missing: "fail" };
  expect(judgeReferences(said("! references 0 0\n"), args, none)).toMatchObject([{ result: "not checked" }]);
  expect(judgeReferences(said("unresolved\tx\n! references 1 9\n"), args, none)).toMatchObject([
    { result: "fail" },
  ]);
});

test.each([
  [{ bucket: "Content_1" }, "bucket"],
  [{ endpoint: "localhost:9000" }, "endpoint"],
  [{ endpoint: "http://user:secret@localhost" }, "endpoint"],
  [{ beside: "scratch" }, "beside"],
  [{ beside: "s3://content/x" }, "beside"],
  [{ "backup-bucket": "s3://content" }, "backup-bucket"],
])("%o of a store is told at its key", (settings, at) => {
  const made = declaration.connect("content", { kind: "s3", bucket: "content", ...settings });
  expect(made).toMatchObject({ at });
});

test("keys of a store are in the vault and in no connection", () => {
  const made = declaration.connect("content", {
    kind: "s3",
    bucket: "content",
    endpoint: "http://localhost:9000/",
    "access-key": "who",
    "secret-key": "s3cret",
  });
  if (!("connection" in made)) throw new Error(made.fault);
  expect(JSON.stringify(made.connection)).not.toMatch(/s3cret/);
  expect(made.connection).toMatchObject({ address: "http://localhost:9000", isLocal: true });
  expect(made.secrets).toEqual({ "access-key": "who", "secret-key": "s3cret" });
});
