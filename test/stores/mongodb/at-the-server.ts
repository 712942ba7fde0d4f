import { createLauncher, type LaunchResult } from "../../../src/hosts/launcher.ts";
import { connectMongodb } from "../../../src/runbook/store-kinds/mongodb-connection.ts";
import { mongodb } from "../../../src/runbook/store-kinds/mongodb.ts";
import type { Command } from "../../../src/step/command.ts";
import type { Client } from "../../../src/stores/mongodb/client.ts";
import type { TestMongodb } from "../../helpers/mongodb.ts";
import { PASSWORD } from "../../helpers/mongodb.ts";
import { provisionedPath } from "../../provision/programs.ts";

/** A client of the test's server, as the program itself would make it. */
export function clientOf(server: TestMongodb, database: string): Client {
  const store = mongodb.schema.parse({ kind: "mongodb", url: server.url(database) });
  const connected = connectMongodb("analytics", store);
  if ("fault" in connected) throw new Error(connected.fault);
  return { connection: connected.connection, appName: "lifeboat test" };
}

/** Starts commands as the engine does, with the password in the environment only. */
export function runner(home: string): (command: Command) => Promise<LaunchResult> {
  const launch = createLauncher({
    env: { PATH: provisionedPath(), HOME: home, LANG: "C.UTF-8" },
    secret: () => PASSWORD,
    allow: "everything",
  });
  return (command) => launch(command, { effect: "irreversible" });
}
