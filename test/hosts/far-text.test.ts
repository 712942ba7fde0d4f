import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { farStart, farText, type FarInput } from "../../src/hosts/far-text.ts";
import { MarkReader } from "../../src/hosts/mark-reader.ts";
import type { Command } from "../../src/step/command.ts";

const NONCE = "0123456789abcdef0123456789abcdef";
const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
/** Shells a far end may have; each is the `sh` there. */
const SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "sh"]].filter(([program]) => has(program ?? ""));

const command = (argv: string[], more: Partial<Command> = {}): Command => ({
  argv,
  env: {},
  secrets: {},
  ...more,
});
const sh = (script: string, more: Partial<Command> = {}): Command => command(["sh", "-c", script], more);

interface Told {
  stdout: string;
  exit: number | undefined;
  begun: boolean;
  stderr: string;
}

/** Runs the text as a far end would, by one of the shells, and reads its marks. */
function run(
  shell: string[],
  what: Command,
  options: { env?: Record<string, string>; input?: FarInput; after?: string; cutAt?: number } = {},
): Told {
  const input = options.input ?? (what.stdin === undefined ? "none" : "text");
  const text = farText(what, { env: options.env ?? {}, nonce: NONCE, input });
  const [, ...words] = farStart(text, input);
  const [program = "", ...flags] = shell;
  const sent = (options.cutAt === undefined ? text : text.slice(0, options.cutAt)) + (options.after ?? "");
  const done = spawnSync(program, [...flags, ...words], {
    input: sent,
    // bash reads ~/.bashrc where its input is a socket, as Node makes it: this machine's has no part in this.
    env: { PATH: "/usr/bin:/bin", HOME: "/nowhere" },
  });
  const marks = new MarkReader(NONCE);
  const stdout = Buffer.concat([marks.take(done.stdout), marks.rest()]).toString();
  return { stdout, exit: marks.exit, begun: marks.begun, stderr: done.stderr.toString() };
}

test("there is a shell of each family to try", () => {
  expect(SHELLS.map(([program]) => program)).toContain("dash");
});

test.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("%s", (_name, shell) => {
  const told = run(
    shell,
    sh('cat; echo "$A|$B|$PATH"; pwd; echo gone >&2; exit 7', {
      stdin: "one\n$(two)\n'three'\nEND\n",
      cwd: "/usr/share",
      path: ["/opt/x y"],
    }),
    {
      env: { A: "it's $HOME", B: "two\nlines" },
    },
  );
  expect(told.stdout).toBe(
    "one\n$(two)\n'three'\nEND\nit's $HOME|two\nlines|/opt/x y:/usr/bin:/bin\n/usr/share\n",
  );
  expect(told).toMatchObject({ exit: 7, begun: true });
  expect(told.stderr).toBe("gone\n");
});

test.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
  "%s runs nothing of a text that was cut anywhere",
  (_name, shell) => {
    const what = sh("echo touched", { stdin: "some text\nfor it\n" });
    const whole = farText(what, { env: { A: "b" }, nonce: NONCE, input: "text" });
    // The last character is the newline after the closing brace: without it the text is whole.
    for (let cutAt = 0; cutAt < whole.length - 1; cutAt += 3) {
      const told = run(shell, what, { env: { A: "b" }, cutAt });
      expect(told.begun, `cut at ${cutAt}`).toBe(false);
      expect(told.stdout).not.toContain("touched");
    }
  },
);

test("a text of 300 kB, words with every awkward character and output without a newline come through", () => {
  const words = ["'", '"', "$(id)", "`id`", "\\", "a\nb", "ü", "*", "-n", " ", "!", "{", "}"];
  const long = "x".repeat(300_000);
  const told = run(["sh"], command(["printf", "%s.", ...words], { stdin: long }));
  expect(told.stdout).toBe(words.map((word) => `${word}.`).join(""));
  expect(run(["sh"], command(["wc", "-c"], { stdin: long })).stdout.trim()).toBe("300001");
});

test("what follows the text on the stream is the program's, to the byte", () => {
  const after = Buffer.from(Array.from({ length: 70_000 }, (_, i) => 32 + (i % 90))).toString();
  const told = run(["sh"], command(["cat"]), { input: "rest", after });
  expect(told.stdout).toBe(after);
});

test("a program that is not there is the command's failure, not the transport's", () => {
  expect(run(["sh"], command(["no-such-program"]))).toMatchObject({ begun: true, exit: 127 });
});

test("no environment and no text is in the words that start it", () => {
  const text = farText(sh("true"), { env: { SECRET: "canary" }, nonce: NONCE, input: "none" });
  expect(text).toContain("canary");
  expect(farStart(text, "none").join(" ")).not.toContain("canary");
});

test.each(["fish", "tcsh", "zsh"].filter(has))(
  "the login shell %s reads the line that starts it as sh does",
  (shell) => {
    const text = farText(command(["echo", "hello"]), { env: {}, nonce: NONCE, input: "none" });
    const line = `${farStart(text, "none").slice(0, 2).join(" ")} '${farStart(text, "none")[2]}'`;
    expect(execFileSync(shell, ["-c", line], { input: text }).toString()).toContain("hello");
  },
);
