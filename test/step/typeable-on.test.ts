import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLauncher } from "../../src/hosts/launcher.ts";
import { type Command, typeable } from "../../src/step/command.ts";
import type { Hop } from "../../src/step/hop.ts";

/** Stand-ins whose far end is this machine: what counts here is that both forms of a command say the same to it. */
const STAND_INS = {
  docker: String.raw`
[ "$1" = compose ] && { echo 0123456789ab; exit; }
[ "$1" = inspect ] && { echo "[{\"Id\":\"$4\",\"State\":{\"Status\":\"running\",\"Running\":true,\"Restarting\":false}}]"; exit; }
shift; dir=/
while :; do case "$1" in
  -i) shift ;;
  --user) shift 2 ;;
  -w) dir=$2; shift 2 ;;
  -e) case "$2" in *=*) export "$2" ;; esac; shift 2 ;;
  *) break ;;
esac; done
echo "into $1" >&2; shift
cd "$dir" && exec "$@"`,
  ssh: String.raw`
while :; do case "$1" in -F|-p|-J|-o) shift 2 ;; -*) shift ;; *) break ;; esac; done
echo "to $1" >&2; shift; [ "$1" = -- ] && shift
cd / && exec sh -c "$*"`,
  kubectl: String.raw`
for word; do case "$word" in get) get=1 ;; name) echo pod/web-1; exit ;; esac; done
[ -n "$get" ] && { echo '{"kind":"Pod","metadata":{"name":"web-1","uid":"u"},"spec":{"containers":[{"name":"c"}]},"status":{"conditions":[{"type":"Ready","status":"True"}]}}'; exit; }
while [ "$1" != -- ]; do shift; done; shift
cd / && exec "$@"`,
  sudo: String.raw`while [ "$1" != -- ]; do shift; done; shift; exec "$@"`,
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync("/tmp/lifeboat-typed-");
  for (const [name, text] of Object.entries(STAND_INS)) {
    writeFileSync(join(folder, name), `#!/bin/sh${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(join(folder, "fed"), "fed text\nwithout an end");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ssh: Hop = { via: "ssh", destination: "deploy@db1", timeoutSeconds: 5 };
const docker: Hop = { via: "docker", container: "app-db" };
const compose: Hop = {
  via: "compose",
  service: "db",
  number: 1,
  compose: { files: ["/opt/a b.yml"], project: "app", secrets: {} },
};
const pod: Hop = {
  via: "kubernetes",
  cluster: { namespace: "grill", context: "prod", secrets: {} },
  selector: "app=web",
  container: "c",
};
const WAYS: [string, Hop[]][] = [
  ["a container", [docker]],
  ["a service", [compose]],
  ["a machine", [ssh]],
  ["another user there", [ssh, { via: "sudo", user: "postgres" }]],
  ["a container there", [ssh, docker]],
  ["a service there", [ssh, compose]],
  ["a pod", [pod]],
];

const SCRIPT = `cat; printf '%s.' "$A" "$PGPASSWORD"; pwd; case "$PATH" in /opt/x*) echo path;; esac; exit 5`;
const COMMANDS: [string, Partial<Command>][] = [
  ["with text", { stdin: "SELECT 'x';\n$HOME\n" }],
  ["without input", {}],
  ["with a secret", { secrets: { PGPASSWORD: "k" } }],
  ["with a secret and text", { stdin: "line\n", secrets: { PGPASSWORD: "k" } }],
  ["with folder, environment and path", { cwd: "/usr/share", env: { A: 'it\'s "$(id)"' }, path: ["/opt/x"] }],
];

for (const [where, on] of WAYS)
  test.each(COMMANDS)(`what is typed for ${where} does what Lifeboat does: %s`, async (_what, more) => {
    const command: Command = { argv: ["sh", "-c", SCRIPT], env: {}, secrets: {}, on, ...more };
    const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: "/nowhere" };
    const run = createLauncher({ env, secret: () => "s3cret'", allow: "everything" });
    const ours = await run(command, { effect: "reads" });
    const typed = spawnSync("sh", ["-c", typeable(command)], {
      env: { ...env, PGPASSWORD: "s3cret'" },
      input: "",
    });
    expect(ours.transport).toBeUndefined();
    const hidden =
      Object.keys(command.secrets).length === 0
        ? (text: string) => text.replace("s3cret'", "")
        : (text: string) => text;
    // The stand-in's far end has this machine's variables; an exported one that nobody asked for is no difference.
    expect(hidden(typed.stdout.toString())).toBe(ours.stdout);
    expect(typed.status ?? 0).toBe(5);
    expect(ours.exit).toBe(5);
    expect(typeable(command)).not.toContain("s3cret");
  });

test("a file is fed as it is", async () => {
  for (const on of [[docker], [ssh, docker]]) {
    const command: Command = {
      argv: ["cat"],
      env: {},
      secrets: {},
      on,
      feed: { file: join(folder, "fed"), bytes: 22 },
    };
    const typed = spawnSync("sh", ["-c", typeable(command)], { env: { PATH: `${folder}:/usr/bin:/bin` } });
    expect(typed.stdout.toString()).toBe("fed text\nwithout an end");
  }
});

test("lines that people know", () => {
  const psql = { argv: ["psql", "-X"], env: {}, secrets: { PGPASSWORD: "k" } };
  expect(typeable({ ...psql, on: [docker], stdin: "SELECT 1" })).toBe(
    "docker exec -i -e PGPASSWORD app-db psql -X <<'END'\nSELECT 1\nEND",
  );
  expect(typeable({ ...psql, secrets: {}, on: [ssh] })).toBe("ssh -nT deploy@db1 'psql -X'");
  expect(typeable({ ...psql, secrets: {}, on: [compose] })).toBe(
    `docker exec "$(docker compose -f '/opt/a b.yml' -p app ps -q db)" psql -X`,
  );
});
