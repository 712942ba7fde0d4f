import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, provisionedPath } from "../provision/programs.ts";
import { freePort } from "./free-port.ts";
import { orStop } from "./or-stop.ts";
import { openSupervisor } from "./supervisor.ts";

export const SSHD_PROGRAMS = ["sshd", "ssh", "ssh-keygen", "ps"];

export interface SshdOptions {
  /** What the server is called in the ssh config file; the first is `alias`. Several make a jump through itself. */
  aliases?: readonly [string, ...string[]];
  /** Lines for sshd_config that go before all others: in that file the first one wins. */
  config?: readonly string[];
}

export interface TestSshd {
  /** Everything of this server lies in it; removed by stop(). */
  folder: string;
  port: number;
  /** Whoever runs the tests: a sshd without root can log in nobody else. */
  user: string;
  /** The private key that may log in. */
  identity: string;
  /** For `ssh -F`: knows the aliases, the port, the identity and the host key, and is strict about it. */
  config: string;
  alias: string;
  knownHosts: string;
  /** SHA256:… of the key that the server has now. */
  hostKey(): Promise<string>;
  /** Another host key, as after a machine was set up anew; `trusted` writes it into the known hosts too. */
  newHostKey(trusted?: "trusted"): Promise<void>;
  /** ssh -F config alias words…: what it printed. Rejects as execFile does, with `code` and `stderr`. */
  ssh(...words: string[]): Promise<string>;
  /** How many connections there are. */
  connections(): Promise<number>;
  /** Drops every connection as a dead network would: sshd's own processes are killed, the commands below live on. */
  killConnections(): Promise<number>;
  log(): Promise<string>;
  /** No new connections until start(); those that there are stay. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Starts it anew with other first lines of sshd_config. */
  startWith(config: readonly string[]): Promise<void>;
  /** Ends the server, its connections and every command that came in by them. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

const run = promisify(execFile);

/** In the environment of every command that comes in: by this what outlived its connection is found (not behind sudo). */
const MARK = "SSHD_OF_A_TEST";

const END = `
below() { for p in $(ps -o pid= --ppid "$1"); do echo "$p"; below "$p"; done; }
all=$([ -z "$server" ] || below "$server"); halt KILL
marked() { grep -lsF "${MARK}=$folder" /proc/[0-9]*/environ | sed 's:/proc/::; s:/.*::'; }
kill -9 $all $(marked)
while [ -n "$(marked)" ]; do sleep 0.1; done
`;

/** A real sshd of a test's own on loopback. Fails, never skips, when the programs are missing. */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const program = findProgram("sshd");
  if (program === undefined) throw new Error("there is no sshd on this machine: npm run provision -- ssh");
  const folder = await mkdtemp("/tmp/lifeboat-sshd-");
  const port = await freePort();
  const user = userInfo().username;
  const aliases = options.aliases ?? ["lifeboat-test"];
  const at = (name: string): string => join(folder, name);
  const [pidFile, hostKeyFile, identity] = [at("sshd.pid"), at("host_key"), at("identity")];
  const [config, knownHosts] = [at("ssh_config"), at("known_hosts")];
  // It wants this folder when it runs as root; it is Debian's own and stays.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });

  const trust = async (): Promise<void> =>
    writeFile(knownHosts, `[127.0.0.1]:${port} ${await readFile(`${hostKeyFile}.pub`, "utf8")}`);
  const supervisor = openSupervisor(folder, {
    // By its absolute path: it starts itself anew for every connection.
    argv: [program, "-D", "-e", "-f", at("sshd_config")],
    isReady: () => greets(port),
    gaveUp: /Bad configuration|no hostkeys available|Missing privilege/,
    end: END,
  });
  const ownProcesses = async (): Promise<{ all: number[]; connections: number }> => {
    const listener = (await readFile(pidFile, "utf8")).trim();
    const first = await sshdBelow(listener);
    const second = await Promise.all(first.map(sshdBelow));
    return { all: [...first, ...second.flat()].map(Number), connections: first.length };
  };
  await orStop(supervisor, async () => {
    await Promise.all([makeKey(hostKeyFile), makeKey(identity)]);
    await copyFile(`${identity}.pub`, at("authorized_keys"));
    await writeFile(at("sshd_config"), serverConfig(folder, port, options.config ?? []));
    await writeFile(config, clientConfig({ aliases, port, user, identity, knownHosts }));
    await trust();
    await supervisor.start();
  });
  return {
    folder,
    port,
    user,
    identity,
    config,
    alias: aliases[0],
    knownHosts,
    hostKey: async () => (await run("ssh-keygen", ["-lf", `${hostKeyFile}.pub`])).stdout.split(" ")[1] ?? "",
    newHostKey: async (trusted) => {
      await supervisor.halt("TERM");
      await makeKey(hostKeyFile);
      if (trusted !== undefined) await trust();
      await supervisor.start();
    },
    ssh: async (...words) => {
      const argv = ["-F", config, aliases[0], ...words];
      const env = { ...process.env, PATH: provisionedPath() };
      return (await run("ssh", argv, { env, maxBuffer: 1 << 28 })).stdout;
    },
    connections: async () => (await ownProcesses()).connections,
    killConnections: async () => {
      const { all, connections } = await ownProcesses();
      for (const pid of all) killed(pid);
      return connections;
    },
    log: supervisor.log,
    halt: () => supervisor.halt("TERM"),
    start: supervisor.start,
    startWith: async (lines) => {
      await supervisor.halt("TERM");
      await writeFile(at("sshd_config"), serverConfig(folder, port, lines));
      await supervisor.start();
    },
    stop: supervisor.stop,
  };
}

async function makeKey(file: string): Promise<void> {
  await Promise.all([rm(file, { force: true }), rm(`${file}.pub`, { force: true })]);
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "a test's", "-f", file]);
}

/** The sshd processes right below this one; a shell or a command of a session is called otherwise. */
async function sshdBelow(pid: string): Promise<string[]> {
  const { stdout } = await run("ps", ["-o", "pid=,comm=", "--ppid", pid]).catch(() => ({ stdout: "" }));
  const rows = stdout.trim().split("\n");
  return rows.flatMap((row) => /^ *(\d+) sshd/.exec(row)?.[1] ?? []);
}

function killed(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The connection ended by itself just then.
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    const say = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.once("data", (data) => say(data.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => say(false));
    socket.once("close", () => say(false));
  });
}

/** StrictModes: /tmp may be written by all. Everything else, MaxSessions and MaxStartups too, is as OpenSSH has it. */
function serverConfig(folder: string, port: number, more: readonly string[]): string {
  return [
    ...more,
    "ListenAddress 127.0.0.1",
    `Port ${port}`,
    `HostKey ${folder}/host_key`,
    `PidFile ${folder}/sshd.pid`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `SetEnv ${MARK}=${folder}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "LogLevel VERBOSE",
    "",
  ].join("\n");
}

interface Client {
  aliases: readonly string[];
  port: number;
  user: string;
  identity: string;
  knownHosts: string;
}

function clientConfig({ aliases, port, user, identity, knownHosts }: Client): string {
  return `Host ${aliases.join(" ")}
  HostName 127.0.0.1
  Port ${port}
  User ${user}
  IdentityFile ${identity}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
`;
}
