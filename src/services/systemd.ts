import { shellLine } from "../base/quote.ts";
import type { Manager } from "./manager.ts";

const PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "InvocationID",
  "NRestarts",
  "ActiveEnterTimestampMonotonic",
].map((name) => `-p ${name}`);

/** Times are counted from when the machine was started. */
const LINE = `BEGIN { getline clock < "/proc/uptime"; split(clock, up, " "); name = ENVIRON["name"] }
    { value[$1] = $2 }
    END {
      if (value["LoadState"] == "not-found") exit 1
      state = value["ActiveState"]
      down = state == "inactive" || state == "failed"
      id = value["InvocationID"] == "" ? "-" : value["InvocationID"]
      print name, down ? "down" : "up", state, id, "sub=" value["SubState"], \\
        "restarts=" (value["NRestarts"] + 0), "age=" (up[1] - value["ActiveEnterTimestampMonotonic"] / 1000000)
    }`;

export const systemd: Manager = {
  words: "systemd",
  look: () => `  for name do
    said=$(systemctl show ${PROPERTIES.join(" ")} -- "$name") || return
    printf '%s\\n' "$said" | name="$name" awk -F= '${LINE}' || {
      echo "there is no unit $name" >&2
      return 1
    }
  done`,
  act: (_target, verb) => `systemctl ${verb} -- "$@"`,
  argv: (_target, verb, names) => ["systemctl", verb, "--", ...names],
  logs: (name) => shellLine(["journalctl", "-n", "50", "-u", name]),
  hopeless: ({ state }) => (state === "failed" ? "systemd has given it up" : undefined),
  secrets: () => ({}),
};
