import type { VolumeFacts } from "./facts.ts";

/** An engine as most are, for certifying runbooks without one. */
export function simulatedFacts(volume: string): VolumeFacts {
  return {
    engine: { id: "simulated", name: "simulated", version: "simulated", root: "/simulated" },
    volume: {
      Name: volume,
      Driver: "local",
      Mountpoint: `/simulated/volumes/${volume}/_data`,
      Options: null,
      Labels: null,
    },
    consumers: [],
    running: [],
    image: "simulated",
    volumes: [volume],
  };
}
