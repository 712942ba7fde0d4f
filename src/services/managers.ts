import type { ManagerName } from "../runbook/services-schema.ts";
import { compose } from "./compose.ts";
import { docker } from "./docker.ts";
import { kubernetes } from "./kubernetes.ts";
import type { Manager } from "./manager.ts";
import { pm2 } from "./pm2.ts";
import { systemd } from "./systemd.ts";

/** Every way to control services. A new one adds its line here, and its name in src/runbook/services-schema.ts. */
const MANAGERS: Readonly<Record<ManagerName, Manager>> = { compose, docker, kubernetes, systemd, pm2 };

export const managerOf = (name: ManagerName): Manager => MANAGERS[name];
