import { shellLine, shellWord } from "../../../base/quote.ts";
import type { Command } from "../../../step/command.ts";
import { cliArgv, localScript } from "../client.ts";
import { takeScript } from "../take-script.ts";
import { type ContainerWay, helperName, onOuter, outerScript } from "./way.ts";

/** Of standard input; the second is what macOS has. */
const DIGEST =
  "digest() { if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -c 1-64; }";

/** Where the snapshot lies in the container until it is here: on its data volume, which has room for the server's own. */
const there = ({ tag }: ContainerWay, folder: string | undefined): string =>
  `${folder ?? "/tmp"}/lifeboat-${tag}.rdb`;

/** Where it lies on the way, when docker runs on another machine. */
const onTheWay = ({ tag }: ContainerWay): string => `/var/tmp/lifeboat-${tag}.rdb`;

interface Taken {
  path: string;
  /** The server's data folder, inside the container. */
  folder: string | undefined;
  /** Lines for this machine, before and after it. */
  before?: string;
  after?: string;
  token: string;
}

/**
 * A snapshot made by redis-cli in the container, then taken out of it and compared by its sha256: what docker hands on may
 * have lost its end. The first command prints what INFO said before and after it.
 */
export function takeFromContainer(way: ContainerWay, { path, folder, ...more }: Taken): Command[] {
  const { before = "", after = "", token } = more;
  const isHere = way.outer.length === 0;
  const to = shellWord(isHere ? path : onTheWay(way));
  const inner = shellWord(there(way, folder));
  const live = `live() { ${shellLine(cliArgv(way.connection))} "$@"; }`;
  const done = `echo ${token}`;
  const script = `${isHere ? before : ""}${DIGEST}
remove() { inside ${shellWord(`rm -f ${inner}`)}; }
inside ${shellWord(`${live}\n${takeScript(inner)}`)} || { remove; exit 1; }
sum=$(inside ${shellWord(`${DIGEST}\ndigest < ${inner}`)})
rm -f ${to}
(umask 077; inside ${shellWord(`cat ${inner}`)} > ${to}) || exit 1
[ "$(digest < ${to})" = "$sum" ] || { rm -f ${to}; fail "the snapshot did not come out of the container whole: its sha256 is another one"; }
remove
${isHere ? after : ""}${done}`;
  const take = outerScript(way, script, { token });
  if (isHere) return [take];
  const fetch = { argv: ["cat", onTheWay(way)], env: {}, secrets: {}, into: path, ...onOuter(way) };
  return [
    take,
    localScript(`${before}mkdir -p "$(dirname ${shellWord(path)})"`),
    fetch,
    localScript(`${after}${done}`, token),
  ];
}

/** Removes what a snapshot that was cut off has left in the container and on the way. */
export const removeTaken = (way: ContainerWay, folder: string | undefined): Command =>
  outerScript(
    way,
    `${way.outer.length === 0 ? "" : `rm -f ${shellWord(onTheWay(way))}\n`}gone ${helperName(way, "copy")}
[ "$(state 2>/dev/null)" != running ] || inside ${shellWord(`rm -f ${shellWord(there(way, folder))}`)}`,
  );
