import { z } from "zod";
import type { Place } from "../runbook/place.ts";
import type { Command } from "../step/command.ts";
import type { Hop } from "../step/hop.ts";
import type { Identity } from "../step/identity.ts";
import { dockerWords, kubectlWords } from "../step/program-words.ts";
import type { Launch } from "./launcher.ts";

const PATIENCE_MS = 20_000;
const uid = z.looseObject({ metadata: z.looseObject({ uid: z.string() }) });

/**
 * Who a host's services belong to: the machine behind ssh, the container engine, the namespace. Not the container or the
 * pod: services steps make those anew. What cannot be asked is left out, and is not compared.
 */
export async function whoControls(place: Place, launch: Launch): Promise<Identity> {
  const identity: Identity = {};
  const ask = async (argv: string[], on: readonly Hop[], secrets: Command["secrets"] = {}) => {
    const where = on.length === 0 ? {} : { on: [...on] };
    try {
      const options = { effect: "reads" as const, signal: AbortSignal.timeout(PATIENCE_MS) };
      const result = await launch({ argv, env: {}, secrets, ...where }, options);
      return result.exit === 0 && !result.transport ? result.stdout.trim() : "";
    } catch {
      return "";
    }
  };
  const machine = machineWay(place);
  if (machine.length > 0)
    identity["hostMachine"] = await ask(["sh", "-c", "cat /etc/machine-id 2>/dev/null || uname -n"], machine);
  const { engine, cluster } = place.services;
  if (engine)
    identity["hostEngine"] = await ask([...dockerWords(engine), "info", "--format", "{{.ID}}"], place.outer);
  if (cluster) {
    const argv = [...kubectlWords(cluster), "get", "namespace", cluster.namespace, "--output", "json"];
    identity["hostNamespace"] = uidOf(await ask(argv, place.outer, { ...cluster.secrets }));
  }
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== ""));
}

/** The way to the machine behind ssh, if one lies on it. */
function machineWay({ hops, outer }: Place): readonly Hop[] {
  const [first] = hops ?? outer;
  return first?.via === "ssh" ? [first] : [];
}

function uidOf(text: string): string {
  try {
    return uid.parse(JSON.parse(text)).metadata.uid;
  } catch {
    return "";
  }
}
