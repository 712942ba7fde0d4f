import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT } from "../../src/base/exit-codes.ts";
import { openOperator, type Operator } from "../helpers/operator.ts";

/** A stand-in for docker: the engine says it is what the file $ENGINE holds; its one container is this machine. */
const DOCKER = String.raw`#!/bin/sh
case "$1" in
  info) [ -s "$ENGINE" ] && cat "$ENGINE" || { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }; exit ;;
  inspect) echo '[{"Id":"0123456789ab","State":{"Status":"running","Running":true,"Restarting":false}}]'; exit ;;
esac
shift 3; exec "$@"
`;

const SYSTEM = `title: App
hosts:
  box: { kind: docker, container: app-db }
stores:
  cache: { kind: redis, server: localhost }
`;

let operator: Operator;
let env: Record<string, string>;
beforeEach(async () => {
  const folder = await mkdtemp("/tmp/lifeboat-interlock-");
  const between = (text: string): string => `title: Work
scenario: x
steps:
  - { id: first, kind: command, run: [sh, -c, "${text}"], effect: reversible }
  - { id: work, kind: command, host: box, run: [touch, ${folder}/touched], target: app }
`;
  operator = await openOperator({
    folder,
    system: "app",
    files: {
      system: SYSTEM,
      same: between("true"),
      other: between(`echo other > ${folder}/engine`),
      silent: between(`: > ${folder}/engine`),
    },
    backups: "UNUSED_BACKUPS",
    env: {},
    end: async () => undefined,
  });
  await writeFile(join(folder, "engine"), "one\n");
  // What leads to a host gets none of the operator's variables but those it needs: the file is written into the stand-in.
  env = await operator.standIns({ docker: DOCKER.replaceAll("$ENGINE", join(folder, "engine")) });
});
afterEach(() => operator.stop());

const work = (runbook: string) =>
  operator.lifeboat(["run", "app", runbook, "--live", "--confirm", "app", "--plain"], env);
const touched = (): boolean => existsSync(join(operator.folder, "touched"));

test("the engine the plan was made for is let through", async () => {
  expect((await work("same")).code).toBe(EXIT.done);
  expect(touched()).toBe(true);
});

test("another engine under the same name is refused before the command that cannot be taken back", async () => {
  const { code, stdout, stderr } = await work("other");
  expect(code).toBe(EXIT.failed);
  expect(stdout + stderr).toContain("this is not the container app-db the plan was made for");
  expect(stdout + stderr).toContain("host engine was one, is other");
  expect(touched()).toBe(false);
});

test("an engine that says nothing any more is not taken for the one that it was", async () => {
  const { code, stdout, stderr } = await work("silent");
  expect(code).toBe(EXIT.failed);
  expect(stdout + stderr).toContain("container app-db does not say any more who it is");
  expect(touched()).toBe(false);
});

test("two plans for the same work on two engines have the same hash", async () => {
  const hash = async (): Promise<string> =>
    JSON.parse((await operator.lifeboat(["plan", "app", "same", "--json"], env)).stdout).hash;
  const first = await hash();
  await writeFile(join(operator.folder, "engine"), "two\n");
  expect(await hash()).toBe(first);
});
