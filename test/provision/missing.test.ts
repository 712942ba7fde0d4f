import { expect, test } from "vitest";
import { chooseNeeds, findMissing, isNothing, sayMissing, type Machine } from "./missing.ts";
import { type Need, toolTitle } from "./need.ts";
import { NEEDS } from "./needs.ts";

const cellar: Need = {
  name: "cellar",
  why: "an example of each kind",
  tools: [
    {
      from: "debian",
      package: "cellar-server",
      programs: ["cellard", "cellar-check"],
      units: ["cellar.service"],
    },
    { from: "debian", package: "shelf-static", programs: ["shelf"], marker: "/usr/share/doc/shelf-static" },
    {
      from: "go",
      program: "cellardump",
      module: "example.org/cellar",
      version: "v1.2.3",
      main: "./dump/main",
    },
    { from: "npm", program: "cellarsh", package: "cellarsh", version: "4.5.6" },
  ],
};

function machine(programs: string[], files: string[] = [], builds: string[] = []): Machine {
  return {
    hasProgram: (name) => programs.includes(name),
    hasFile: (path) => files.includes(path),
    hasBuild: (tool) => builds.includes(tool.program),
  };
}

const names = (found: ReturnType<typeof findMissing>): string[] =>
  [...found.debian, ...found.go, ...found.npm].map(toolTitle);

test("a bare machine gets everything", () => {
  const missing = findMissing([cellar], machine([]));
  expect(names(missing)).toEqual(["cellar-server", "shelf-static", "cellardump v1.2.3", "cellarsh 4.5.6"]);
});

test("a machine that has everything gets nothing", () => {
  const whole = machine(
    ["cellard", "cellar-check", "shelf"],
    ["/usr/share/doc/shelf-static"],
    ["cellardump", "cellarsh"],
  );
  expect(isNothing(findMissing([cellar], whole))).toBe(true);
});

test("a package of which one program is missing is installed", () => {
  const missing = findMissing([cellar], machine(["cellard", "shelf"], ["/usr/share/doc/shelf-static"]));
  expect(missing.debian.map(toolTitle)).toEqual(["cellar-server"]);
});

test("the same program from another package does not stand in for one that is marked", () => {
  const missing = findMissing([cellar], machine(["cellard", "cellar-check", "shelf"]));
  expect(missing.debian.map(toolTitle)).toEqual(["shelf-static"]);
});

test("a developer's own build on PATH does not stand in for the pinned one", () => {
  const missing = findMissing([cellar], machine(["cellardump", "cellarsh"]));
  expect(missing.go.map(toolTitle)).toEqual(["cellardump v1.2.3"]);
  expect(missing.npm.map(toolTitle)).toEqual(["cellarsh 4.5.6"]);
});

test("what is said before the installation names every package, program and version", () => {
  const said = sayMissing(findMissing([cellar], machine([])), "/home/kim/.cache/lifeboat-test").join("\n");
  for (const word of [
    "as root",
    "cellar-server",
    "shelf-static",
    "example.org/cellar@v1.2.3",
    "cellarsh@4.5.6",
  ]) {
    expect(said).toContain(word);
  }
  expect(said).toContain("/home/kim/.cache/lifeboat-test");
});

test("an unknown server is refused with the known ones, before anything is installed", () => {
  expect(() => chooseNeeds(NEEDS, ["redis", "reddis"])).toThrow("reddis; there are: postgres, redis");
  expect(chooseNeeds(NEEDS, ["redis"]).map((need) => need.name)).toEqual(["redis"]);
  expect(chooseNeeds(NEEDS, [])).toEqual(NEEDS);
});

test("no program and no server is in the table twice: the second would never be looked at", () => {
  const programs = NEEDS.flatMap((need) => need.tools).flatMap((tool) =>
    tool.from === "debian" ? tool.programs : [tool.program],
  );
  expect(programs).toEqual([...new Set(programs)]);
  const servers = NEEDS.map((need) => need.name);
  expect(servers).toEqual([...new Set(servers)]);
});
