import { createHash } from "node:crypto";
import type { Plan } from "./plan-schema.ts";

/**
 * sha256 over a plan without what differs from run to run (id, folder, tag, nonce, time, the server's present state), so
 * that two plans that would do the same have the same hash.
 */
export function planHash(
  plan: Omit<Plan, "hash">,
  run: { id: string; tag: string; dir: string; nonce: string },
): string {
  const {
    createdAt: _at,
    targets,
    hosts = [],
    loses: _loses,
    sources: _sources,
    changes: _changes,
    ...more
  } = plan;
  // Whose work it goes on with changes nothing about what it does.
  const { continues: _continues, bringsUp: _bringsUp, ...rest } = more;
  const stable = {
    ...rest,
    ...(hosts.length === 0 ? {} : { hosts: hosts.map(({ identity: _i, ...host }) => host) }),
    targets: targets.map(({ describes: _d, identity: _i, ...target }) => target),
  };
  const text = JSON.stringify(stable, (_key, value: unknown) =>
    typeof value === "string" ? general(value, run) : value,
  );
  return createHash("sha256").update(text).digest("hex");
}

function general(text: string, run: { id: string; tag: string; dir: string; nonce: string }): string {
  return text
    .replaceAll(run.dir, "@DIR@")
    .replaceAll(run.id, "@RUN@")
    .replaceAll(run.tag, "@TAG@")
    .replaceAll(run.nonce, "@NONCE@");
}
