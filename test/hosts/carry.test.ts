import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLauncher } from "../../src/hosts/launcher.ts";
import type { Command } from "../../src/step/command.ts";

/**
 * A stand-in for docker: its containers are this machine. The first word of $MISBEHAVE says what goes wrong on the way;
 * what it was called with lies in $CALLS.
 */
const DOCKER = String.raw`#!/bin/sh
printf '%s\n' "$*" >>"$CALLS"
case "$1" in
  inspect)
    case "$4" in
      stopped) status=exited running=false ;;
      missing) echo 'Error: No such container: missing' >&2; exit 1 ;;
      *) status=running running=true ;;
    esac
    echo "[{\"Id\":\"id-of-$4\",\"State\":{\"Status\":\"$status\",\"Running\":$running,\"Restarting\":false}}]"
    exit ;;
esac
shift 3
case "$MISBEHAVE" in
  noise) printf 'Welcome to the box\n' ; exec "$@" ;;
  carriage) "$@" | sed 's/$/\r/' ; exit 0 ;;
  "lost tail") "$@" | head -c "$CUT" ; exit 0 ;;
  "cut text") head -c "$CUT" | "$@" ; exit 0 ;;
  "lost line") echo 'error: lost connection to pod' >&2 ; exit 0 ;;
  *) exec "$@" ;;
esac
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-carry-");
  await writeFile(join(folder, "docker"), DOCKER);
  await chmod(join(folder, "docker"), 0o755);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const CANARY = "canary-5d1e";

async function launch(
  command: Partial<Command> & { argv: string[] },
  env: Record<string, string> = {},
  container = "db",
) {
  const calls = join(folder, "calls");
  await writeFile(calls, "");
  const launcher = createLauncher({
    env: { PATH: `${folder}:/usr/bin:/bin`, HOME: "/nowhere", LIFEBOAT_RUN: "run-1", CALLS: calls, ...env },
    secret: () => CANARY,
    allow: "everything",
    graceMs: 200,
  });
  const on = [{ via: "docker" as const, container }];
  const result = await launcher({ env: {}, secrets: {}, on, ...command }, { effect: "reads" });
  return { ...result, calls: await readFile(calls, "utf8") };
}

test("a command goes to the id of the container, with its input, environment, folder and exit code", async () => {
  const done = await launch({
    argv: ["sh", "-c", 'cat; echo "$A"; pwd; exit 4'],
    stdin: "text\n",
    env: { A: "it's" },
    cwd: "/usr",
  });
  expect(done).toMatchObject({ stdout: "text\nit's\n/usr\n", exit: 4 });
  expect(done.transport).toBeUndefined();
  expect(done.calls).toMatch(
    /^inspect --type container db\nexec -i id-of-db sh -c eval "\$\(head -c \d+\)"\n$/,
  );
});

test("secrets get there, and are neither in the argv nor in the environment of what leads there", async () => {
  const done = await launch({
    argv: ["sh", "-c", 'echo "$PGPASSWORD"; tr "\\0" "\\n" < /proc/$PPID/environ'],
    secrets: { PGPASSWORD: "k" },
  });
  expect(done.stdout.startsWith(`${CANARY}\n`)).toBe(true);
  expect(done.stdout.split(CANARY)).toHaveLength(2);
  expect(done.calls).not.toContain(CANARY);
});

test("nothing of this machine's environment goes along but the marks", async () => {
  const done = await launch({ argv: ["env"] }, { LANG: "xx" });
  // The stand-in hands on what it has itself: what the text sets is what counts.
  expect(done.stdout).toContain("LIFEBOAT_RUN=run-1");
  expect(done.stdout).toMatch(/LIFEBOAT_CALL=[0-9a-f]{32}/);
});

test("words on stdout before it began are not its output", async () => {
  expect((await launch({ argv: ["echo", "hello"] }, { MISBEHAVE: "noise" })).stdout).toBe("hello\n");
});

test.each([0, 20, 60, 75, 90])("output cut after %i bytes with exit code 0 is no success", async (cut) => {
  const done = await launch(
    { argv: ["echo", "0123456789012345678901234567890123456789"] },
    { MISBEHAVE: "lost tail", CUT: String(cut) },
  );
  expect(done.exit).toBeUndefined();
  expect(done.transport?.begun).toBe(cut > 45 ? "yes" : "unknown");
  // Where hardly anything comes through, what is left there cannot be looked for either: that is said, not hoped.
  const says = cut < 60 ? "it may still run there" : "nothing of it runs there any more";
  expect(done.transport?.next).toContain(says);
});

test("a connection that is lost with exit code 0 and a word is no success", async () => {
  const done = await launch({ argv: ["true"] }, { MISBEHAVE: "lost line" });
  expect(done.transport).toMatchObject({ begun: "unknown", why: "error: lost connection to pod" });
});

test("a text that arrives cut runs nothing", async () => {
  const touched = join(folder, "touched");
  const done = await launch({ argv: ["touch", touched] }, { MISBEHAVE: "cut text", CUT: "150" });
  expect(done.exit).toBeUndefined();
  await expect(readFile(touched)).rejects.toThrow("ENOENT");
});

test("carriage returns on the way are told, whatever the exit code", async () => {
  const done = await launch({ argv: ["echo", "rows"] }, { MISBEHAVE: "carriage" });
  expect(done.transport?.what).toContain("carriage returns");
});

test.each([
  ["missing", "container missing cannot be reached", "No such container"],
  ["stopped", "container stopped is not running", "exited"],
])("a %s container is told before anything is run", async (container, what, why) => {
  await expect(launch({ argv: ["true"] }, {}, container)).rejects.toMatchObject({
    facts: { what, why: expect.stringContaining(why) },
    exit: 11,
  });
});

test("a file is streamed to the program behind the text, to the byte", async () => {
  const file = join(folder, "big");
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 256));
  await writeFile(file, bytes);
  const done = await launch({ argv: ["sha256sum"], feed: { file, bytes: bytes.length } });
  const here = await launch({ argv: ["sha256sum", file] });
  expect(done.stdout.split(" ")[0]).toBe(here.stdout.split(" ")[0]);
});

test("a reader that goes away while it is fed ends the call with its own exit code", async () => {
  const file = join(folder, "endless");
  await writeFile(file, Buffer.alloc(8_000_000));
  expect(
    await launch({ argv: ["sh", "-c", "head -c 10 >/dev/null; exit 3"], feed: { file, bytes: 8_000_000 } }),
  ).toMatchObject({ exit: 3 });
});
