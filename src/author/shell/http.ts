import { type Action, UNKNOWN } from "./action.ts";
import { optionsOf, valueOf } from "./options.ts";
import type { Unwrapped } from "./unwrap.ts";

const WITH_VALUE =
  "-X --request -H --header -d --data --data-raw -o --output -u --user -w --write-out -m --max-time --connect-timeout --retry --retry-delay -A -b -c -F -T --cacert".split(
    " ",
  );

/** curl and wget as a question to a running application; `behind` is what the answer is piped into. */
export function httpAction(program: Unwrapped, behind: readonly Unwrapped[]): Action | undefined {
  if (program.program === "wget") return UNKNOWN;
  if (program.program !== "curl") return undefined;
  const options = optionsOf(program.words.slice(1), WITH_VALUE);
  const url = options.rest.find((word) => /^https?:\/\/|^(?:localhost|127\.0\.0\.1)[:/]/.test(word));
  const output = valueOf(options, "-o", "--output") ?? program.output;
  const keeps = output !== undefined && output !== "/dev/null";
  const flags = [...options.flags].join("");
  const isElsewhere = program.places.some(({ kind }) => kind !== "sudo");
  if (
    url === undefined ||
    keeps ||
    isElsewhere ||
    /O/.test(flags) ||
    valueOf(options, "-u", "--user", "-F", "-T", "-b") !== undefined
  )
    return UNKNOWN;
  const filter = behind[0];
  if (filter !== undefined && !/^(?:jq|grep|python3?|head|json_pp)$/.test(filter.program)) return UNKNOWN;
  const body = valueOf(options, "-d", "--data", "--data-raw");
  const method = valueOf(options, "-X", "--request") ?? (body === undefined ? "GET" : "POST");
  const headers = (valueOf(options, "-H", "--header") ?? "").split("\n").filter((line) => line.includes(":"));
  const pairs = headers.map((line) => [
    line.slice(0, line.indexOf(":")).trim().toLowerCase(),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
  const matches =
    filter?.program === "grep" ? filter.words.slice(1).find((word) => !word.startsWith("-")) : undefined;
  return {
    kind: "http",
    url: url.startsWith("http") ? url : `http://${url}`,
    method,
    headers: Object.fromEntries(pairs),
    ...(body === undefined ? {} : { body }),
    ...(matches === undefined ? {} : { matches }),
  };
}
