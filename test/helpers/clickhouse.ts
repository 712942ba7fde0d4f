import { freePort } from "./free-port.ts";
import { orStop } from "./or-stop.ts";
import { openSupervisor } from "./supervisor.ts";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const CLICKHOUSE_PROGRAMS = ["clickhouse-server", "clickhouse-client"];

export interface ClickhouseOptions {
  password?: string;
  /** Elements for config.xml, e.g. "<max_table_size_to_drop>1000</max_table_size_to_drop>". */
  config?: string;
  /** Settings of the profile of `default`, e.g. "<max_execution_time>1</max_execution_time>". */
  profile?: string;
  /** Goes before the server's argv and must exec it, e.g. to give it a small disk at its data folder. */
  wrap?: (dataDir: string) => string[];
}

export interface TestClickhouse {
  /** The folder everything of this server lies in; removed by stop(). */
  folder: string;
  dataDir: string;
  port: number;
  httpPort: number;
  /** clickhouse-client; what it printed, without the last newline. Throws with its stderr. */
  ask(query: string, ...words: string[]): Promise<string>;
  /** Several statements, ended by `;` each. */
  run(statements: string): Promise<string>;
  log(): Promise<string>;
  /** kill is like a power cut. */
  halt(how?: "stop" | "kill"): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the server and removes all it had. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

const xmlText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const user = (name: string, of: string, text: string): string =>
  `<${name}><password>${xmlText(text)}</password><networks><ip>127.0.0.1</ip></networks><profile>${of}</profile><quota>default</quota></${name}>`;

interface Place {
  folder: string;
  dataDir: string;
  port: number;
  httpPort: number;
}

async function configure(
  { folder, dataDir, port, httpPort }: Place,
  options: ClickhouseOptions,
): Promise<void> {
  const { password = "", config = "", profile = "" } = options;
  const under = (name: string): string => `${join(dataDir, name)}/`;
  await writeFile(
    join(folder, "config.xml"),
    `<yandex>
<logger><level>information</level><log>${join(folder, "information.log")}</log><errorlog>${join(folder, "error.log")}</errorlog></logger>
<tcp_port>${port}</tcp_port><http_port>${httpPort}</http_port><listen_host>127.0.0.1</listen_host>
<path>${dataDir}/</path><tmp_path>${under("tmp")}</tmp_path><user_files_path>${under("files")}</user_files_path>
<format_schema_path>${under("schemas")}</format_schema_path>
<users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
<timezone>UTC</timezone><mark_cache_size>67108864</mark_cache_size>
${config}
</yandex>\n`,
  );
  await writeFile(
    join(folder, "users.xml"),
    `<yandex>
<profiles><default><max_memory_usage>2000000000</max_memory_usage>${profile}</default><reader><readonly>1</readonly></reader></profiles>
<users>${user("default", "default", password)}${user("reader", "reader", password)}</users>
<quotas><default></default></quotas>
</yandex>\n`,
    { mode: 0o600 },
  );
}

/** A ClickHouse server of this test's own, with the users `default` and, read-only, `reader`. */
export async function startClickhouse(options: ClickhouseOptions = {}): Promise<TestClickhouse> {
  const folder = await mkdtemp("/tmp/lifeboat-clickhouse-");
  const [port, httpPort] = [await freePort(), await freePort()];
  const place = { folder, dataDir: join(folder, "data"), port, httpPort };
  await mkdir(place.dataDir);
  await configure(place, options);
  const server = ["clickhouse-server", `--config-file=${join(folder, "config.xml")}`];
  await writeFile(
    join(folder, "client.xml"),
    `<config><password>${xmlText(options.password ?? "")}</password></config>\n`,
    { mode: 0o600 },
  );
  const client = async (words: string[], stdin: string): Promise<string> => {
    const where = [
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      `--config-file=${join(folder, "client.xml")}`,
    ];
    return new Promise((done, failed) => {
      const child = execFile(
        "clickhouse-client",
        [...where, ...words],
        { maxBuffer: 1 << 28 },
        (error, stdout, stderr) => {
          if (error) failed(new Error(`clickhouse-client: ${stderr.trim() || error.message}`));
          else done(stdout.replace(/\n$/, ""));
        },
      );
      // A client that ends without reading all of it says why by its exit code.
      child.stdin?.on("error", () => undefined).end(stdin);
    });
  };
  const ask: TestClickhouse["ask"] = (query, ...words) => client([...words, "--query", query], "");
  const supervisor = openSupervisor(folder, {
    argv: [...(options.wrap?.(place.dataDir) ?? []), ...server],
    isReady: async () => (await ask("SELECT 1")) === "1",
  });
  const halt: TestClickhouse["halt"] = (how = "stop") => supervisor.halt(how === "stop" ? "TERM" : "KILL");
  await orStop(supervisor, supervisor.start);
  return {
    ...place,
    ask,
    run: (statements) => client(["--multiquery"], statements),
    log: async () =>
      (await supervisor.log()) + (await readFile(join(folder, "error.log"), "utf8").catch(() => "")),
    halt,
    start: supervisor.start,
    restart: async () => {
      await halt();
      await supervisor.start();
    },
    stop: supervisor.stop,
  };
}
