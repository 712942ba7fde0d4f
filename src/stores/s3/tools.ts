import type { S3ToolName } from "../../runbook/store-kinds/s3.ts";
import { aws } from "./tool-aws.ts";
import { builtIn } from "./tool-built-in.ts";
import { mc } from "./tool-mc.ts";
import { rclone } from "./tool-rclone.ts";
import type { S3Tool } from "./tool.ts";

/** In the order in which they are looked for. */
const TOOLS: Readonly<Record<S3ToolName, S3Tool>> = { rclone, aws, mc, "built-in": builtIn };

/** Programs whose versions are asked. */
export const PROGRAMS = ["rclone", "aws", "mc"] as const;

export interface ToolChoice {
  tool: S3Tool;
  /** "rclone v1.60.1, which is installed": for the plan. */
  why: string;
  /** What has to be installed first; undefined when all is there. */
  missing?: string;
}

/** What the work asks of a tool. */
export interface ToolNeeds {
  setting: S3ToolName | "auto";
  /** First lines of `<program> --version`. */
  clients: Readonly<Record<string, string>>;
  /** Keys that only the built-in client tells without loss (control characters, slashes at either end …). */
  oddKeys: number;
  /** Objects go from one server to another. */
  twoServers: boolean;
  /** Keys are in system.yaml, not in the client's own profile. */
  hasKeys: boolean;
}

/** mc is also the name of Midnight Commander. */
const isThere = (program: string, version: string | undefined): boolean =>
  version !== undefined && version !== "" && (program !== "mc" || /^mc version|^simulated/.test(version));

/** Why a tool cannot do this; undefined when it can. */
function against(name: S3ToolName, needs: ToolNeeds): string | undefined {
  if (name === "built-in") return undefined;
  if (needs.oddKeys > 0) return `${needs.oddKeys} keys hold characters or slashes that ${name} does not keep`;
  if (name === "aws" && needs.twoServers) return "aws speaks to one server at a time";
  if (name === "mc" && !needs.hasKeys) return "mc takes keys only from system.yaml";
  return undefined;
}

/** Which program does the work, and why, in words. A setting is kept to, unless the program cannot do it. */
export function chooseTool(needs: ToolNeeds): ToolChoice {
  const { setting, clients } = needs;
  if (setting !== "auto") {
    const reason = against(setting, needs);
    const tool = reason === undefined ? TOOLS[setting] : TOOLS["built-in"];
    const why = reason === undefined ? "tool in system.yaml" : `not ${setting}: ${reason}`;
    const there = tool.name === "built-in" || isThere(tool.name, clients[tool.name]);
    return { tool, why, ...(there ? {} : { missing: tool.name }) };
  }
  const reasons: string[] = [];
  for (const name of PROGRAMS) {
    const version = clients[name];
    if (!isThere(name, version)) continue;
    const reason = against(name, needs);
    if (reason === undefined)
      return { tool: TOOLS[name], why: [...reasons, `${version} is installed`].join("; ") };
    reasons.push(`not ${name}: ${reason}`);
  }
  const why = reasons.length > 0 ? reasons.join("; ") : "rclone, aws and mc are not installed";
  return { tool: TOOLS["built-in"], why };
}
