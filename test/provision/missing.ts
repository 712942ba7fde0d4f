import type { CachedTool, DebianTool, GoTool, Need, NpmTool, Tool } from "./need.ts";

/** What is on the machine; replaced in tests. */
export interface Machine {
  hasProgram(name: string): boolean;
  hasFile(path: string): boolean;
  hasBuild(tool: CachedTool): boolean;
}

/** What has to be installed, by how it is installed. */
export interface Missing {
  debian: DebianTool[];
  go: GoTool[];
  npm: NpmTool[];
}

/** The tools of these servers that the machine does not have, each once. */
export function findMissing(needs: readonly Need[], machine: Machine): Missing {
  const missing: Missing = { debian: [], go: [], npm: [] };
  for (const tool of needs.flatMap((need) => need.tools)) {
    if (isThere(tool, machine)) continue;
    if (tool.from === "debian") missing.debian.push(tool);
    else if (tool.from === "go") missing.go.push(tool);
    else missing.npm.push(tool);
  }
  return missing;
}

export function isThere(tool: Tool, machine: Machine): boolean {
  // Another version in the cache, or the developer's own on PATH, is not the pinned one.
  if (tool.from !== "debian") return machine.hasBuild(tool);
  const marked = tool.marker === undefined || machine.hasFile(tool.marker);
  return marked && tool.programs.every((name) => machine.hasProgram(name));
}

export function isNothing(missing: Missing): boolean {
  return missing.debian.length + missing.go.length + missing.npm.length === 0;
}

/** The servers of these names, all without any. Throws with the known names. */
export function chooseNeeds(all: readonly Need[], names: readonly string[]): Need[] {
  const unknown = names.filter((name) => !all.some((need) => need.name === name));
  if (unknown.length > 0) {
    const known = all.map((need) => need.name).join(", ");
    throw new Error(`no server is called ${unknown.join(", ")}; there are: ${known}`);
  }
  return all.filter((need) => names.length === 0 || names.includes(need.name));
}

/** What is said before anything is installed. */
export function sayMissing(missing: Missing, cache: string): string[] {
  const lines: string[] = [];
  if (missing.debian.length > 0) {
    lines.push(
      "  as root by apt-get; no service is started, now or at the next boot:",
      `    ${missing.debian.map((tool) => tool.package).join(" ")}`,
    );
  }
  for (const tool of missing.go) {
    lines.push(`  by go, from ${tool.module}@${tool.version}: ${tool.program}`);
  }
  for (const tool of missing.npm) lines.push(`  by npm, ${tool.package}@${tool.version}: ${tool.program}`);
  const kept =
    missing.go.length + missing.npm.length > 0 ? [`  what go and npm make is kept in ${cache}`] : [];
  return ["The tests need what this machine does not have. Going to install:", ...lines, ...kept];
}
