/** One line of what a manager says: a container, a unit of systemd, a process of pm2, a deployment. */
export interface Unit {
  name: string;
  isUp: boolean;
  /** In the manager's own words: healthy, exited, CrashLoopBackOff … */
  state: string;
  /** Changes with every start. */
  incarnation: string;
  more: Readonly<Record<string, string>>;
}

/** States in which a manager has looked whether it works, and in which it only knows that it runs. */
const CHECKED = ["healthy", "ready"];
const UNCHECKED = ["running", "active", "online"];

/** The same for awk, which has to tell what is good without Lifeboat. */
export const GOOD = `/^(${[...CHECKED, ...UNCHECKED].join("|")})$/`;

export const isChecked = (unit: Unit): boolean => CHECKED.includes(unit.state);
export const isGood = (unit: Unit): boolean => isChecked(unit) || UNCHECKED.includes(unit.state);

/** What a look printed: `want`, `was`, `now` and what a manager says besides. */
export interface Said {
  want: string[];
  was: Unit[];
  now: Unit[];
  known: string[];
  /** Of compose: "<project> <service> <files>" of each container that runs. */
  runs: string[];
  says: string[];
  refuse: string[];
  unsure: string[];
  /** When it was printed there, seconds since 1970. */
  at: number | undefined;
}

const LISTS = ["want", "known", "runs", "says", "refuse", "unsure"] as const;
const isList = (kind: string): kind is (typeof LISTS)[number] => LISTS.some((one) => one === kind);

export function readSaid(stdout: string): Said {
  const said: Said = {
    want: [],
    was: [],
    now: [],
    known: [],
    runs: [],
    says: [],
    refuse: [],
    unsure: [],
    at: undefined,
  };
  for (const line of stdout.split("\n")) {
    const [, kind = "", rest = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (isList(kind)) said[kind].push(rest);
    else if (kind === "was" || kind === "now") said[kind].push(readUnit(rest));
    else if (kind === "at") said.at = Number(rest);
  }
  return said;
}

function readUnit(text: string): Unit {
  const [name = "", up, state = "", incarnation = "", ...more] = text.split(" ");
  return {
    name,
    isUp: up === "up",
    state,
    incarnation,
    more: Object.fromEntries(
      more.flatMap((word) => {
        const at = word.indexOf("=");
        return at < 0 ? [] : [[word.slice(0, at), word.slice(at + 1)]];
      }),
    ),
  };
}

/** For how long it has been running, in seconds; undefined where nobody knows. */
export function ageOf(unit: Unit, at: number | undefined): number | undefined {
  const age = Number(unit.more["age"] ?? Number.NaN);
  if (!Number.isNaN(age)) return age;
  const since = Date.parse(unit.more["since"] ?? "") / 1000;
  const passed = (at ?? Number.NaN) - since;
  // `at` is a whole second; two clocks that disagree by more tell nothing.
  return Number.isNaN(passed) || passed < -2 ? undefined : Math.max(0, passed);
}
