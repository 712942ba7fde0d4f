import type { Command } from "commander";
import type { HttpFlags } from "../commands/http.ts";
import type { World } from "../world.ts";
import { collect, done } from "./collect.ts";

/** The built-in HTTP client, for `http` steps and for doing the same by hand. */
export function addHttp(program: Command, world: World): void {
  program
    .command("http <url>")
    .description("ask an application over HTTP: prints status and body; ends with 0 for any answer")
    .option("--method <method>", "GET, HEAD, POST, PUT, PATCH or DELETE", "GET")
    .option(
      "--header <header>",
      '"name: value", with $NAME from the environment; may be given again',
      collect,
      [],
    )
    .option("--body <text>", "with $NAME from the environment; $$ is a dollar sign")
    .option(
      "--expect <json>",
      'ends with 20 unless the answer is so, e.g. {"status":200,"json":{"status":"ok"}}',
    )
    .option("--follow", "follow redirects; headers and body only to the same server")
    .option("--timeout <time>", "how long an answer may take", "10s")
    .option("--max-bytes <number>", "the rest of a longer body is not read", "1000000")
    .action((url: string, flags: HttpFlags) =>
      done(import("../commands/http.ts").then((m) => m.httpCommand(world, url, flags))),
    );
}
