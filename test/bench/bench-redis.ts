import { statSync } from "node:fs";
import { openRedisEstate } from "../helpers/redis-estate.ts";
import { stepTimes, sumOf, timedRun } from "./timed-run.ts";
import { figure, median, shellSeconds } from "./timing.ts";

const GOAL = 1.3;
const ROUNDS = 3;

/** Values that do not compress: sums of numbers. A tenth are hashes, a tenth have a TTL. */
const FILL = `for i = ARGV[1], ARGV[2] do
  local parts = {}
  for n = 1, 50 do parts[n] = redis.sha1hex(i .. ":" .. n) end
  if i % 10 == 0 then redis.call("HSET", "user:" .. i, "name", "n" .. i, "bio", table.concat(parts))
  else redis.call("SET", "page:" .. i, table.concat(parts)) end
  if i % 10 == 1 then redis.call("EXPIRE", "page:" .. i, 864000) end
end`;

const RUNBOOK = "title: Lost\nscenario: bench\nsteps:\n  - { id: restore, kind: restore, store: queue }\n";

/** The bare load of the same file: what a drill is compared with. */
const loadByHand = (
  backup: string,
): string => `d=$(mktemp -d "$HOME/hand-XXXX") && cp "${backup}" "$d/dump.rdb" && cd "$d"
redis-server --port 0 --unixsocket s --dir "$d" --appendonly no --save "" --daemonize yes >/dev/null
until [ "$(redis-cli -s s PING 2>/dev/null)" = PONG ]; do sleep 0.01; done
redis-cli -s s DBSIZE; redis-cli -s s SHUTDOWN NOSAVE || true; rm -rf "$d"`;

/** The order that survives a restart, with nothing but its own tools; what a live restore is compared with. */
const restoreByHand = (backup: string): string => `cli() { redis-cli -p "$QUEUE_PORT" "$@"; }
gone() { ! cli PING >/dev/null 2>&1; }
cli SHUTDOWN NOSAVE || true
until gone; do sleep 0.01; done
cd "$QUEUE_DATA" && rm -rf kept && mkdir kept && mv appendonlydir kept/ && { [ ! -e dump.rdb ] || mv dump.rdb kept/; }
cp "${backup}" dump.rdb
redis-server "$QUEUE_CONF" --appendonly no --daemonize yes
until [ "$(cli PING 2>/dev/null)" = PONG ]; do sleep 0.01; done
cli DBSIZE
cli CONFIG SET appendonly yes
while cli INFO persistence | grep -q aof_rewrite_in_progress:1; do sleep 0.01; done
cli INFO persistence | grep aof_last_bgrewrite_status:ok
rm -rf kept`;

/** (e), Redis: restore and verification against the bare tool's restore alone. */
export async function benchRedis(keys = 100_000): Promise<void> {
  const estate = await openRedisEstate();
  try {
    await estate.writeRunbook("lost", RUNBOOK);
    await estate.server.cli("FLUSHALL");
    for (let from = 1; from <= keys; from += 5000)
      await estate.server.cli("EVAL", FILL, "0", String(from), String(Math.min(keys, from + 4999)));
    const backup = await estate.backup("rdb");
    console.log(`(e) redis: ${keys} keys, an RDB of ${(statSync(backup).size / 1e6).toFixed(0)} MB`);
    const [proven, load, live, hand]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 1; round <= ROUNDS; round += 1) {
      load.push(shellSeconds(loadByHand(backup), estate.env));
      const drilled = await timedRun(["shop", "lost", "--drill", "--backup", backup], estate.env);
      hand.push(shellSeconds(restoreByHand(backup), estate.env));
      const confirmed = ["--live", "--confirm", "queue", "--backup", backup];
      const lived = await timedRun(["shop", "lost", ...confirmed], estate.env);
      proven.push(sumOf(drilled, ["load", "verify"]));
      live.push(lived.seconds);
      console.log(`  round ${round}, steps (s): drill ${stepTimes(drilled)}; live ${stepTimes(lived)}`);
    }
    console.log(
      `  ${figure("restored and proven, against a bare load", median(proven), median(load), GOAL)}`,
    );
    console.log(
      `  ${figure("all of a live run, against the order by hand", median(live), median(hand), GOAL)}`,
    );
  } finally {
    await estate.stop();
  }
}
