import { expect, test } from "vitest";
import { lintedSystem } from "./files.ts";

const SYSTEM = `title: App
stores:
  database:
    kind: postgres
    url: postgres://app@localhost/app
`;
const COMPOSE = "  stack: { kind: compose, files: [a.yml] }\n";

test.each<[what: string, text: string, expected: string[]]>([
  [
    "a host on one that nobody declared",
    "  a: { kind: docker, on: far }\n",
    ['7:26: unknown host "far"; expected local'],
  ],
  [
    "keys of a host of another kind",
    `${COMPOSE}  a: { kind: docker, of: stack, container: x }\n`,
    ['8:26: "stack" is of kind compose: keys are only taken from a host of the same kind'],
  ],
  [
    "a container inside a container",
    `  a: { kind: docker, container: x }\n  b: { kind: docker, container: y, on: a }\n`,
    ['8:40: "a" is of kind docker: a host can lie on local or ssh only'],
  ],
  [
    "hosts in a circle",
    "  a: { kind: docker, container: x, of: b }\n  b: { kind: docker, of: a }\n",
    [
      '7:40: these hosts refer to each other by "of", beginning with "a"',
      '8:26: these hosts refer to each other by "of", beginning with "b"',
    ],
  ],
  [
    "compose without a project",
    "  a: { kind: compose, service: db }\n",
    ['7:14: which project? Give "files" or "directory"'],
  ],
  [
    "an engine named twice",
    "  a: { kind: docker, container: x, engine: tcp://e:2375, context: prod }\n",
    ['7:67: "engine" and "context" are both given: keep one of them'],
  ],
  [
    "an engine of a project named twice",
    "  a: { kind: compose, files: [a.yml], engine: tcp://e:2375, context: prod }\n",
    ['7:70: "engine" and "context" are both given: keep one of them'],
  ],
  [
    "a pod named twice",
    "  a: { kind: kubernetes, pod: x, selector: app=x }\n",
    ['7:44: "pod" and "selector" are both given: keep one of them'],
  ],
  [
    "a destination that ssh would read as an option",
    "  a: { kind: ssh, destination: -oProxyCommand=x }\n",
    ["7:32: a destination does not begin with a dash"],
  ],
  [
    "local as another machine",
    "  local: { kind: ssh, destination: a@b }\n",
    ['7:18: "local" is this machine and cannot be anything else: give this host another name'],
  ],
])("%s is told at its place", async (_what, hosts, expected) => {
  expect(await lintedSystem(`${SYSTEM}hosts:\n${hosts}`)).toEqual(
    expected.map((line) => `system.yaml:${line}`),
  );
});

test.each<[what: string, store: string, hosts: string, expected: string[]]>([
  [
    "a store in a project without a service",
    "host: stack",
    COMPOSE,
    ['6:11: no command can run on "stack": it has no "service"'],
  ],
  [
    "a store in a service that takes its project from another host",
    "host: db",
    `${COMPOSE}  db: { kind: compose, of: stack, service: db }\n`,
    [],
  ],
  [
    "a store in a service of a project on another machine",
    "host: db",
    "  far: { kind: ssh, destination: a@b }\n  db: { kind: compose, on: far, directory: /opt/app, service: db }\n",
    [],
  ],
])("%s", async (_what, store, hosts, expected) => {
  expect(await lintedSystem(`${SYSTEM}    ${store}\nhosts:\n${hosts}`)).toEqual(
    expected.map((line) => `system.yaml:${line}`),
  );
});

test("a bucket is never looked for in a container", async () => {
  const s3 = SYSTEM.replace("kind: postgres", "kind: s3\n    host: box").replace(/url:.*/, "bucket: backup");
  expect(await lintedSystem(`${s3}hosts:\n  box: { kind: docker, container: x }\n`)).toEqual([
    "system.yaml:5:11: a s3 store has no host besides this machine: lists of its objects are made and kept here, and its endpoint says where it is",
  ]);
});
