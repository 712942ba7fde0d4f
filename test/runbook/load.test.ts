import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorLines, LifeboatError } from "../../src/base/errors.ts";
import { findSystems, runbookPath, runbookRoots, systemNamed } from "../../src/runbook/find.ts";
import { connectionOf, loadForPlan, loadRunbook, loadSystem } from "../../src/runbook/load.ts";
import { folderWith, RUNBOOK, SYSTEM } from "./files.ts";

const URL = "postgresql://app@localhost/app";
const WITH_URL = SYSTEM.replace(URL, "${DATABASE_URL}");
const DATABASE_URL = "postgresql://app:c%40nary@db:5433/app?sslmode=require";

async function failure(run: Promise<unknown>): Promise<LifeboatError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof LifeboatError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

test("a loaded system holds no secret outside its vault", async () => {
  const folder = folderWith({ "system.yaml": WITH_URL });
  const loaded = await loadSystem(folder, { DATABASE_URL });
  expect(JSON.stringify([loaded.system, [...loaded.connections]])).not.toMatch(/c@nary|c%40nary/);
  expect(loaded.vault.get("database.password")).toBe("c@nary");
  expect([...loaded.vault.values()]).toContain("c%40nary");
  expect(connectionOf(loaded, "database")).toMatchObject({
    server: "db",
    port: "5433",
    user: "app",
    database: "app",
    params: { PGSSLMODE: "require" },
    secretKey: "database.password",
  });
  expect(loaded.source.sha256).toBe(createHash("sha256").update(WITH_URL).digest("hex"));
});

test("a step's environment keeps its secrets in the vault and its plain values in the plan", async () => {
  const step = `  - id: migrate
    kind: migrate
    run: [npx, prisma, migrate, deploy]
    target: app
    env: { DATABASE_URL: "\${DATABASE_URL}", API_TOKEN: abc, LEVEL: "3" }
`;
  const folder = folderWith({ "system.yaml": WITH_URL, "lost.yaml": RUNBOOK + step });
  const loaded = await loadRunbook(await loadSystem(folder, { DATABASE_URL }), "lost");
  expect(loaded.runbook.steps[1]).toMatchObject({ env: { LEVEL: "3" } });
  expect(JSON.stringify(loaded.runbook)).not.toMatch(/nary|abc/);
  expect(loaded.secretEnv.get("migrate")).toEqual({
    DATABASE_URL: "migrate.env.DATABASE_URL",
    API_TOKEN: "migrate.env.API_TOKEN",
  });
  expect(loaded.vault.get("migrate.env.DATABASE_URL")).toBe(DATABASE_URL);
  expect(loaded.vault.get("database.password")).toBe("c@nary");
});

test("the environment wins over dotenv files, and an earlier file over a later one", async () => {
  const folder = folderWith({
    "system.yaml": `${SYSTEM.replace("App", "${A} ${B} ${C}")}env: ["\${WHERE}/one.env", two.env, gone.env]\n`,
    "sub/one.env": "A=one\nexport B='one'\n",
    "two.env": 'B=two\nC="two"\n',
  });
  const loaded = await loadSystem(folder, { A: "env", WHERE: "sub" });
  expect(loaded.system.title).toBe("env one two");
  expect(loaded.problems).toMatchObject([
    { severity: "warning", message: "dotenv file gone.env: does not exist" },
  ]);
});

test("a value cannot add keys, however it looks", async () => {
  const folder = folderWith({ "system.yaml": SYSTEM.replace("App", "${T}") });
  const loaded = await loadSystem(folder, { T: "x\nenvironment: staging" });
  expect(loaded.system).toMatchObject({ title: "x\nenvironment: staging", environment: "production" });
});

test("a plan names every variable it needs and where, but not those of stores it does not use", async () => {
  const folder = folderWith({
    "system.yaml": `${WITH_URL}  other:\n    kind: postgres\n    url: \${OTHER_URL}\n`,
    "lost.yaml": `${RUNBOOK}    tables: ["\${TABLE}"]\n`,
  });
  const error = await failure(loadForPlan(folder, "lost", {}));
  expect(error.exit).toBe(10);
  expect(errorLines(error).join("\n").replaceAll(`${folder}/`, "")).toBe(
    [
      "2 variables are not set: DATABASE_URL, TABLE",
      "where: system.yaml:5:10 (stores.database.url) needs DATABASE_URL",
      "lost.yaml:7:15 (steps[0].tables[0]) needs TABLE",
      "changed: nothing",
      "next: set them: export DATABASE_URL=…; export TABLE=…",
    ].join("\n"),
  );
  const { system, runbook } = await loadForPlan(folder, "lost", { DATABASE_URL, TABLE: "users" });
  expect(runbook.runbook.steps[0]).toMatchObject({ tables: ["users"] });
  expect((await failure(Promise.resolve().then(() => connectionOf(system, "other")))).exit).toBe(10);
});

test("errors of both files come together, as exit 10", async () => {
  const folder = folderWith({
    "system.yaml": SYSTEM.replace("kind: postgres", "kind: postgress"),
    "lost.yaml": RUNBOOK.replace("kind: restore", "kind: restroe"),
  });
  const error = await failure(loadForPlan(folder, "lost", {}));
  expect(error.exit).toBe(10);
  expect(error.facts.why).toBe(
    [
      `${folder}/lost.yaml:5:11: unknown step kind "restroe", did you mean "restore"?`,
      `${folder}/system.yaml:4:11: unknown store kind "postgress", did you mean "postgres"?`,
    ].join("\n"),
  );
});

test("unknown names are wrong usage with the nearest name", async () => {
  const root = folderWith({ "plotzed/system.yaml": SYSTEM, "plotzed/database-lost.yaml": RUNBOOK });
  const systems = await findSystems([root]);
  expect((await failure(Promise.resolve().then(() => systemNamed(systems, "plotzd")))).facts).toEqual({
    what: 'unknown system "plotzd"',
    next: 'did you mean "plotzed"?',
  });
  const plotzed = systemNamed(systems, "plotzed");
  expect(runbookPath(plotzed, "database-lost")).toBe(join(root, "plotzed/database-lost.yaml"));
  const loaded = await loadSystem(plotzed.folder, {});
  const error = await failure(loadRunbook(loaded, "database-lst"));
  expect([error.exit, error.facts.next]).toEqual([2, 'did you mean "database-lost"?']);
  expect((await failure(loadSystem(join(root, "nope"), {}))).exit).toBe(2);
});

test("of two systems of one name the first root's is used; a root that is missing is skipped", async () => {
  const own = folderWith({
    "a/system.yaml": SYSTEM,
    "a/lost.yaml": RUNBOOK,
    "a/notes.md": "",
    "b/readme.md": "",
  });
  const shipped = folderWith({ "a/system.yaml": SYSTEM, "c/system.yaml": SYSTEM });
  const found = await findSystems([join(own, "nope"), own, shipped]);
  expect(found).toEqual([
    { name: "a", folder: join(own, "a"), root: own, runbooks: ["lost"] },
    { name: "c", folder: join(shipped, "c"), root: shipped, runbooks: [] },
  ]);
});

test("LIFEBOAT_RUNBOOKS replaces ./runbooks, the shipped folder stays last", () => {
  expect(runbookRoots({}, "/w", "/s")).toEqual(["/w/runbooks", "/s"]);
  expect(runbookRoots({ LIFEBOAT_RUNBOOKS: "/x:y" }, "/w", "/s")).toEqual(["/x", "/w/y", "/s"]);
  expect(runbookRoots({}, "/", "/runbooks")).toEqual(["/runbooks"]);
});
