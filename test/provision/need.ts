/** A server the tests talk to, with every program they call for it. */
export interface Need {
  /** The name on the command line of `npm run provision`. */
  name: string;
  /** What the tests do with it. */
  why: string;
  tools: readonly Tool[];
}

export type Tool = DebianTool | GoTool | NpmTool;

export interface DebianTool {
  from: "debian";
  package: string;
  /** Programs of the package that the tests call; when all are on the machine, the package is not asked for. */
  programs: readonly string[];
  /** A file that shows the package where its program may come from another package too. */
  marker?: string;
  /** systemd units the package would have started at the next boot. */
  units?: readonly string[];
}

export interface GoTool {
  from: "go";
  program: string;
  module: string;
  /** As the module proxy has it; its content is checked against Go's checksum database. */
  version: string;
  /** What the project calls this version, when a pseudo-version hides it. */
  release?: string;
  /** The folder of its main package. */
  main: string;
  /** `-X` of the linker: what the project's own build sets, so that the program can say its version. */
  set?: Readonly<Record<string, string>>;
  /** Files that the project's own build makes before it compiles: path → content. */
  files?: Readonly<Record<string, string>>;
  /** Changes of the source, each with its reason in the server's file. */
  edits?: readonly Edit[];
}

export interface Edit {
  file: string;
  /** Has to be there exactly once. */
  from: string;
  to: string;
}

export interface NpmTool {
  from: "npm";
  program: string;
  package: string;
  version: string;
}

/** Programs that are built into the cache. */
export type CachedTool = GoTool | NpmTool;

/** The name and version a person knows it by. */
export function toolTitle(tool: Tool): string {
  if (tool.from === "debian") return tool.package;
  const release = tool.from === "go" ? tool.release : undefined;
  return `${tool.program} ${release ?? tool.version}`;
}
