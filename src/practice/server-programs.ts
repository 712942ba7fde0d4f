import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Launch } from "../hosts/launcher.ts";

const PROGRAMS = ["initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_restore"] as const;
type Program = (typeof PROGRAMS)[number];

/** Absolute paths of programs that belong together: all from one folder, so that their versions agree. */
export type ServerPrograms = Record<Program, string> & {
  /** The folder they lie in. */
  bin: string;
  /** What the server says of itself, e.g. "15.18". */
  version: string;
};

export interface ProgramSearch {
  launch: Launch;
  /** The operator's PATH. */
  path: string;
  /** Where packages put versioned folders; replaced in tests. */
  places?: readonly Place[];
}

/** `<parent>/<a name that matches>/<below>`, e.g. /usr/lib/postgresql/15/bin. */
export interface Place {
  parent: string;
  name: RegExp;
  below: string;
}

const PLACES: readonly Place[] = [
  { parent: "/usr/lib/postgresql", name: /^\d+$/, below: "bin" },
  { parent: "/usr", name: /^pgsql-\d+$/, below: "bin" },
  { parent: "/opt/homebrew/opt", name: /^postgresql(@\d+)?$/, below: "bin" },
  { parent: "/usr/local/opt", name: /^postgresql(@\d+)?$/, below: "bin" },
  { parent: "/usr/libexec", name: /^postgresql\d*$/, below: "" },
];

/** Whether a file can be started; false when it is missing. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first program of this name on a PATH. */
export function onPath(name: string, path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * The PostgreSQL server and client programs of this machine: PATH, then `pg_config --bindir`, then where packages put
 * them, newest first. Throws exit 11 with the command that installs them when no folder has all of them.
 */
export async function findServerPrograms(search: ProgramSearch): Promise<ServerPrograms> {
  const { path, places = PLACES } = search;
  const folders = [...path.split(delimiter), ...(await fromPgConfig(search)), ...places.flatMap(newestFirst)];
  const bin = folders.find(
    (folder) => folder !== "" && PROGRAMS.every((name) => isProgram(join(folder, name))),
  );
  if (bin === undefined) throw missing(path);
  const said = await search.launch(
    { argv: [join(bin, "postgres"), "--version"], env: {}, secrets: {} },
    READ,
  );
  const version = /\d+(\.\d+|\w+)?/.exec(said.stdout)?.[0] ?? "unknown";
  const at = (name: Program): string => join(bin, name);
  return {
    bin,
    version,
    initdb: at("initdb"),
    pg_ctl: at("pg_ctl"),
    postgres: at("postgres"),
    psql: at("psql"),
    pg_dump: at("pg_dump"),
    pg_restore: at("pg_restore"),
  };
}

const READ = { effect: "reads" } as const;

async function fromPgConfig({ launch, path }: ProgramSearch): Promise<string[]> {
  const program = onPath("pg_config", path);
  if (program === undefined) return [];
  const said = await launch({ argv: [program, "--bindir"], env: {}, secrets: {} }, READ);
  return said.exit === 0 ? [said.stdout.trim()] : [];
}

const versionOf = (folder: string): number => Number(/\d+$/.exec(folder)?.[0] ?? 0);

function newestFirst({ parent, name, below }: Place): string[] {
  try {
    const found = readdirSync(parent).filter((entry) => name.test(entry));
    return found.sort((a, b) => versionOf(b) - versionOf(a)).map((entry) => join(parent, entry, below));
  } catch {
    // The place does not exist on this system.
    return [];
  }
}

const INSTALLERS = [
  ["apt-get", "sudo apt-get install -y postgresql"],
  ["dnf", "sudo dnf install -y postgresql-server"],
  ["yum", "sudo yum install -y postgresql-server"],
  ["zypper", "sudo zypper install -y postgresql-server"],
  ["pacman", "sudo pacman -S --noconfirm postgresql"],
  ["apk", "sudo apk add postgresql"],
  ["brew", "brew install postgresql@17"],
] as const;

/** The one command that installs a PostgreSQL server here, told by the package manager that exists. */
export function installCommand(path: string): string {
  // The usual folders are looked into as well: a PATH without them is how the programs came to be missing.
  const wide = [path, "/usr/bin", "/bin", "/sbin", "/opt/homebrew/bin", "/usr/local/bin"].join(delimiter);
  const command = INSTALLERS.find(([manager]) => onPath(manager, wide) !== undefined)?.[1];
  return command ?? "install PostgreSQL (server and client) from https://www.postgresql.org/download/";
}

function missing(path: string): LifeboatError {
  return new LifeboatError(EXIT.preflight, {
    what: `the PostgreSQL server programs were not found (${PROGRAMS.join(", ")})`,
    where: "PATH, pg_config --bindir and the folders where packages put them",
    next: installCommand(path),
  });
}
