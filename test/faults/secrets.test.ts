import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Estate, openEstate, RESTORE_RUNBOOK } from "../helpers/estate.ts";
import type { Ran } from "../helpers/lifeboat.ts";
import { watchingProcesses } from "../helpers/watching-processes.ts";
import { expectOutcome, runOf } from "./outcome.ts";

/** Every way a secret may be written down. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const shell = secret.replaceAll("'", `'\\''`);
  const regex = secret.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1);
  const encoded = encodeURIComponent(secret);
  return [...new Set([secret, encoded, encoded.toLowerCase(), json, shell, regex, base64])];
}

/** Where a secret is found in what was seen; each with a little of what stands around it. */
function found(secret: string, seen: ReadonlyMap<string, string>): string[] {
  return [...seen].flatMap(([where, text]) =>
    formsOf(secret)
      .filter((form) => text.includes(form))
      .map(
        (form) => `${where}: …${text.slice(Math.max(0, text.indexOf(form) - 60), text.indexOf(form) + 20)}…`,
      ),
  );
}

/** Every file below a folder. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const name of names) {
    const path = join(folder, name);
    if ((await stat(path)).isFile())
      files.set(
        path,
        await readFile(path, "latin1").then((text) => Buffer.from(text, "latin1").toString("utf8")),
      );
  }
  return files;
}

const PROGRAMS = ["psql", "pg_restore", "pg_dump", "vacuumdb", "pg_dumpall"];
const SHELL_TOOLS = ["sh", "df", "mkdir", "rm", "cat", "gunzip", "sed", "grep", "dirname", "echo", "gzip"];

/** Stand-ins that note their argv and environment, then become the real program. Only clients of the server may know the password. */
async function watchedPath(estate: Estate, log: string): Promise<Record<string, string>> {
  const note = (name: string, real: string): string => `#!/bin/bash
{ printf '%s argv:' ${name}; printf ' %s' "$@"; echo; } >>"${log}.argv"
if [ -n "\${PGPASSWORD+x}" ]; then echo ${name} >>"${log}.knows"; fi
/usr/bin/env >>"${log}.env-${name}"
exec "${real}" "$@"
`;
  const scripts = [
    ...PROGRAMS.map((name) => [name, note(name, join(estate.server.programs.bin, name))]),
    ...SHELL_TOOLS.map((name) => [name, note(name, `/bin/${name}`)]),
  ];
  return estate.standIns(Object.fromEntries(scripts));
}

const CANARIES: [what: string, password: string][] = [
  ["characters of URLs", "p@ss:w/rd?#%20 &=+cañary"],
  ["characters of JSON, regular expressions and shells", `c"a\\n$(id)'\`a*[ry]^{2}|;<>!~`],
];

/** A program that says what it should not: all of it, and the password cut out of it. */
const TELLS = `echo "told: $DATABASE_URL"; echo "told: $DATABASE_URL" >&2; echo "$DATABASE_URL" | sed "s/.*postgres:/cut: /; s/@127.*//"; exit 1`;

describe.each(CANARIES)("a password with %s", (_what, password) => {
  let estate: Estate;
  let backup: string;
  let watch: Record<string, string>;
  let log: string;
  const seen = new Map<string, string>();
  const ran: Ran[] = [];
  beforeAll(async () => {
    estate = await openEstate({ password });
    log = join(estate.folder, "noted");
    backup = await estate.backup();
    const url = `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${estate.server.port}/shop`;
    watch = { ...(await watchedPath(estate, log)), SHOP_URL: url };
    const failing = `  - { id: after, kind: command, effect: reversible, env: { DATABASE_URL: "\${SHOP_URL}" }, run: [sh, -c, ${JSON.stringify(TELLS)}] }\n`;
    await estate.writeRunbook("fails", RESTORE_RUNBOOK + failing);
    const runs: string[][] = [
      ["run", "shop", "lost", "--dry-run", "--backup", backup],
      ["run", "shop", "lost", "--drill", "--backup", backup],
      ["run", "shop", "lost", "--live", "--confirm", "shop", "--backup", backup],
      ["run", "shop", "lost", "--live", "--confirm", "shop", "--backup", backup, "--strategy", "replace"],
      ["run", "shop", "fails", "--live", "--confirm", "shop", "--backup", backup, "--json"],
      ["run", "shop", "fails", "--live", "--confirm", "shop", "--backup", backup],
      ["plan", "shop", "fails", "--backup", backup],
      ["plan", "shop", "fails", "--backup", backup, "--json"],
      ["backup", "shop"],
      ["backups", "shop"],
      ["list", "--json"],
      ["lint", join(estate.folder, "runbooks", "shop")],
    ];
    const work = (async () => {
      for (const args of runs) ran.push(await estate.lifeboat(args, watch));
      // The last one: an older restore is not undone from under a later one.
      const failed = ran[5];
      if (failed) {
        ran.push(await estate.lifeboat(["transcript", "show", runOf(failed)], watch));
        ran.push(await estate.lifeboat(["report", runOf(failed)], watch));
        ran.push(await estate.lifeboat(["undo", runOf(failed), "--confirm", "shop"], watch));
      }
    })();
    const { argv } = await watchingProcesses(work);
    seen.set("argv in /proc", [...argv].join("\n"));
    for (const [at, { stdout, stderr }] of ran.entries()) {
      seen.set(`stdout of ${runs[at]?.join(" ") ?? `look ${at}`}`, stdout);
      seen.set(`stderr of ${runs[at]?.join(" ") ?? `look ${at}`}`, stderr);
    }
    for (const [path, text] of await filesIn(estate.home)) seen.set(path, text);
    seen.set("argv of the programs", await readFile(`${log}.argv`, "utf8"));
  }, 120_000);
  afterAll(() => estate?.stop());

  test("the runs end as they should, so that there is something to look through", () => {
    const codes = ran.map((one) => one.code);
    expect(codes, ran.map((one) => one.stderr + one.stdout).join("\n")).toEqual([
      0, 0, 0, 0, 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect([...seen.keys()].join("\n")).toMatch(/plan\.json[\s\S]*/);
    for (const file of ["plan.json", "journal.jsonl", "report.md", "output/after.log"])
      expect(
        [...seen.keys()].some((path) => path.endsWith(file)),
        file,
      ).toBe(true);
    expect(seen.get("argv of the programs")).toContain("pg_restore argv: --exit-on-error");
    expect(seen.get("argv in /proc")).toContain("lifeboat.js run shop lost --live");
  });

  test("it is in no argv, on no screen and in no file of the runs, in whatever encoding", () => {
    expect(found(password, seen)).toEqual([]);
  });

  test("where a program printed it, the output says that something was hidden", () => {
    const output = [...seen].find(([path]) => path.endsWith("output/after.log"))?.[1] ?? "";
    expect(output).toContain("told: ‹secret›\n");
    expect(output).toContain("cut: ‹secret›\n");
  });

  test("only programs that speak to the server get it, and no variable but PGPASSWORD holds it", async () => {
    const knows = new Set((await readFile(`${log}.knows`, "utf8")).trim().split("\n"));
    // A shell gets it where a client stands in its pipe, and so does what else stands there.
    expect([...knows].toSorted()).toEqual(["grep", "pg_dump", "pg_restore", "psql", "sh", "vacuumdb"]);
    for (const name of [...PROGRAMS, ...SHELL_TOOLS]) {
      const env = await readFile(`${log}.env-${name}`, "utf8").catch(() => "");
      const lines = env.split("\n").filter((line) => formsOf(password).some((form) => line.includes(form)));
      const others = lines.filter((line) => !line.startsWith("PGPASSWORD="));
      // The one step that was given the URL in its own environment is a shell with sed.
      expect(
        others.filter((line) => !["sh", "sed"].includes(name) || !line.startsWith("DATABASE_URL=")),
      ).toEqual([]);
      expect(env).not.toContain("SHOP_URL");
    }
  });
});

describe("error messages", () => {
  let estate: Estate;
  beforeAll(async () => {
    estate = await openEstate({ password: "right" });
  });
  afterAll(() => estate?.stop());
  const WRONG = "c4n@ry/of?URL#s";
  const encoded = encodeURIComponent(WRONG);
  const URLS: [what: string, url: (port: number) => string][] = [
    ["a wrong password", (port) => `postgresql://postgres:${encoded}@127.0.0.1:${port}/shop`],
    ["a password that was not encoded", (port) => `postgresql://postgres:${WRONG}@127.0.0.1:${port}/shop`],
    ["a scheme nobody knows", (port) => `postgressql://postgres:${encoded}@127.0.0.1:${port}/shop`],
    ["a port that is none", () => `postgresql://postgres:${encoded}@127.0.0.1:54x32/shop`],
    ["a database that is missing", (port) => `postgresql://postgres:${encoded}@127.0.0.1:${port}/`],
    [
      "a parameter nobody knows",
      (port) => `postgresql://postgres:${encoded}@127.0.0.1:${port}/shop?passwort=${encoded}`,
    ],
  ];
  test.each(URLS)("%s is refused without showing it", async (_what, url) => {
    const backup = join(estate.folder, "b.sql");
    const args = [
      ["run", "shop", "lost", "--drill", "--backup", backup],
      ["lint", join(estate.folder, "runbooks", "shop")],
      ["list"],
      ["plan", "shop", "lost", "--backup", backup],
    ];
    const ran = await Promise.all(
      args.map((one) => estate.lifeboat(one, { SHOP_URL: url(estate.server.port) })),
    );
    expect(ran[0]?.code).not.toBe(0);
    expectOutcome(ran[0] as Ran, ran[0]?.code ?? -1, /next: /);
    const seen = new Map(
      ran.map((one, at): [string, string] => [args[at]?.[0] ?? "", one.stdout + one.stderr]),
    );
    for (const secret of [WRONG, "c4n@ry", "c4n%40ry"]) expect(found(secret, seen)).toEqual([]);
  });
});
