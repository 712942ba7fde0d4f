import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type ArtifactReport, inspectArtifact } from "../../src/catalog/inspect.ts";

let folder: string;
let tree: string;
beforeAll(() => {
  folder = mkdtempSync("/tmp/lifeboat-tar-");
  tree = join(folder, "tree");
  mkdirSync(join(tree, "pages"), { recursive: true });
  writeFileSync(join(tree, ".dot"), "dot");
  writeFileSync(join(tree, "pages", "one"), "1".repeat(700));
  writeFileSync(join(tree, "pages", "two"), "2");
  symlinkSync("/etc/passwd", join(tree, "link"));
  linkSync(join(tree, "pages", "two"), join(tree, "twin"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const tar = (name: string, ...args: string[]): string => {
  const path = join(folder, name);
  execFileSync("tar", ["-cf", path, "--owner=0", "--group=0", "--numeric-owner", "--sort=name", ...args]);
  return path;
};
const whole = (name: string): string => tar(name, "-C", tree, ".");
const made = (name: string, bytes: Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const inspect = (path: string): Promise<ArtifactReport> => inspectArtifact(path, { kind: "volume" });
const failures = (report: ArtifactReport): string =>
  report.results.flatMap(({ result, why }) => (result === "fail" ? [why ?? ""] : [])).join("\n");
const membersOf = ({ facts }: ArtifactReport): string[] =>
  z.object({ members: z.array(z.string()) }).parse(facts).members;

/** One header block with the given fields and a right sum. */
function header(name: string, type: string, { size = 0, link = "" } = {}): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, "latin1");
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write(type, 156);
  block.write(link, 157);
  block.write("ustar", 257);
  block.write("00", 263);
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
const END = Buffer.alloc(1024);

test("a whole archive is green, and every path is in its list with content, mode, links", async () => {
  const report = await inspect(whole("whole.tar"));
  expect(failures(report)).toBe("");
  const members = membersOf(report);
  expect(members[0]).toBe("! members 7");
  expect(members).toContain("./link\t-> /etc/passwd");
  expect(members).toContain("./twin\t= ./pages/two");
  expect(members.some((line) => line.startsWith("./.dot\t81a4 0:0 3 "))).toBe(true);
});

test("a cut exactly between two members, which tar passes with exit 0, is red", async () => {
  const bytes = readFileSync(whole("boundary.tar"));
  // Root, .dot and its block, link, pages, pages/one and its two blocks: then the next header.
  const path = made("cut-between.tar", bytes.subarray(0, 512 * 8));
  expect(execFileSync("tar", ["-tf", path], { encoding: "utf8" })).toContain("pages/one");
  expect(failures(await inspect(path))).toContain("cut off between two members");
});

test("the same, packed: gzip is whole, the archive inside is not", async () => {
  const bytes = readFileSync(whole("boundary2.tar"));
  const path = made("cut-between.tar.gz", gzipSync(bytes.subarray(0, 512 * 8)));
  expect(failures(await inspect(path))).toContain("cut off between two members");
});

test("a cut inside a file names it", async () => {
  const bytes = readFileSync(whole("inside.tar"));
  expect(failures(await inspect(made("cut-inside.tar", bytes.subarray(0, 512 * 7))))).toContain(
    "inside the member ./pages/one",
  );
});

test("a changed byte in a header is red, and so is one in packed content", async () => {
  const bytes = readFileSync(whole("flip.tar"));
  bytes[512 + 10] = 0x41;
  expect(failures(await inspect(made("flipped.tar", bytes)))).toContain("there is no header");
  const packed = gzipSync(readFileSync(whole("flip2.tar")));
  packed[packed.length - 20] = (packed.at(-20) ?? 0) ^ 0xff;
  expect(failures(await inspect(made("flipped.tar.gz", packed)))).toMatch(/damaged|cut/);
});

test("two archives one after the other: what tar would never read is not passed over", async () => {
  const bytes = readFileSync(whole("twice.tar"));
  expect(failures(await inspect(made("twice-over.tar", Buffer.concat([bytes, bytes]))))).toContain(
    "behind the mark of its end",
  );
});

test.each([
  ["..", header("../../etc/cron.d/evil", "0"), "leads out of the volume"],
  ["a .. in the middle", header("pages/../../evil", "0"), "leads out of the volume"],
  ["an absolute path", header("/etc/cron.d/evil", "0"), "an absolute path"],
  [
    "a symbolic link",
    Buffer.concat([header("way", "2", { link: "/etc" }), header("way/evil", "0")]),
    "written through a symbolic link",
  ],
  [
    "a hard link to the outside",
    header("evil", "1", { link: "../../etc/shadow" }),
    "leads out of the volume",
  ],
  ["a hard link to nothing", header("evil", "1", { link: "elsewhere" }), "hard link to nothing"],
])("an archive that writes outside the volume by %s is refused", async (name, blocks, says) => {
  const report = await inspect(
    made(`escape-${name.length}.tar`, Buffer.concat([header("./", "5"), blocks, END])),
  );
  expect(failures(report)).toContain(says);
});

test("a symbolic link that leads out is data, and no escape", async () => {
  expect(failures(await inspect(whole("links-out.tar")))).toBe("");
});

test("device nodes and named pipes are told", async () => {
  const blocks = [header("./", "5"), header("./null", "3"), header("./pipe", "6"), END];
  const report = await inspect(made("special.tar", Buffer.concat(blocks)));
  expect(failures(report)).toBe("");
  const warnings = report.results.filter(({ result }) => result === "warning").map(({ why }) => why);
  expect(warnings.join()).toContain("./null");
  expect(warnings.join()).toContain("./pipe");
});

test.each(["gnu", "pax", "posix"])(
  "long names, odd names and large numbers of --format=%s",
  async (format) => {
    const odd = join(folder, `odd-${format}`);
    const long = join("l".repeat(120), "m".repeat(200));
    mkdirSync(join(odd, "l".repeat(120)), { recursive: true });
    writeFileSync(join(odd, long), "long");
    writeFileSync(join(odd, "new\nline"), "n");
    writeFileSync(join(odd, "back\\slash"), "b");
    writeFileSync(join(odd, "käse"), "k");
    writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0xff, 0xfe])]), "no UTF-8");
    symlinkSync(`/${"t".repeat(150)}`, join(odd, "far"));
    const path = tar(`odd-${format}.tar`, `--format=${format}`, "--owner=5000000", "-C", odd, ".");
    const report = await inspect(path);
    expect(failures(report)).toBe("");
    const members = membersOf(report);
    const starts = (text: string): boolean => members.some((line) => line.startsWith(text));
    expect(starts(`./${long}\t81a4 5000000:0 4 `)).toBe(true);
    expect(starts("./new\\nline\t")).toBe(true);
    expect(starts("./back\\\\slash\t")).toBe(true);
    expect(starts("./käse\t")).toBe(true);
    expect(starts("./\udcff\udcfe\t")).toBe(true);
    expect(members).toContain(`./far\t-> /${"t".repeat(150)}`);
  },
);

test.each([
  ["oldgnu", ["--format=oldgnu"]],
  ["pax 1.0", ["--format=posix"]],
])(
  "a sparse member (%s), which small tar programs lose their place at, is red and named",
  async (name, more) => {
    const sparse = join(folder, `sparse-${name}`);
    mkdirSync(sparse);
    execFileSync("truncate", ["-s", "10M", join(sparse, "holes")]);
    const path = tar(`sparse-${name}.tar`, ...more, "--sparse", "-C", sparse, ".");
    expect(failures(await inspect(path))).toMatch(/holes.*sparse/);
  },
);

test("packed with its folder instead of from inside it: said, because the volume would hold the folder", async () => {
  const report = await inspect(tar("wrapped.tar", "-C", folder, "tree"));
  expect(failures(report)).toBe("");
  expect(report.results.find(({ name }) => name.startsWith("names begin"))?.why).toContain("tree");
});

test.each([
  ["0 bytes", Buffer.alloc(0), "nothing in it"],
  ["no member at all", Buffer.alloc(10240), "without a single member"],
  ["a web page", Buffer.from("<!DOCTYPE html><html><body>Log in</body></html>"), "HTML page"],
  ["noise", Buffer.from("abcdefgh".repeat(200)), ""],
])("%s is no backup of a volume", async (name, bytes, says) => {
  const report = await inspect(made(`${name.replaceAll(" ", "-")}.tar.gz`, bytes));
  expect(failures(report)).toContain(says);
  expect(failures(report)).not.toBe("");
});

test("extended attributes, which busybox tar does not put back, are told", async () => {
  const record = "26 SCHILY.xattr.user.a=yes\n";
  const length = Buffer.byteLength(record);
  const fixed = record.replace(/^\d+/, String(length));
  const body = Buffer.alloc(512);
  body.write(fixed);
  const blocks = [header("./pax", "x", { size: Buffer.byteLength(fixed) }), body, header("./file", "0"), END];
  const report = await inspect(made("xattr.tar", Buffer.concat(blocks)));
  expect(report.results.find(({ name }) => name.startsWith("extended"))?.why).toContain("./file");
});
