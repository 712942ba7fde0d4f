import type { Need } from "./need.ts";

/** docker.io brings containerd, runc and iptables with it. No image is pulled: see busybox-image.ts. */
export const docker: Need = {
  name: "docker",
  why: "volumes and containers: a dockerd of the test's own; both docker-compose 1.29 and the plugin docker compose 2",
  tools: [
    {
      from: "debian",
      package: "docker.io",
      programs: ["dockerd", "docker", "containerd", "runc"],
      units: ["docker.service", "docker.socket", "containerd.service"],
    },
    { from: "debian", package: "docker-compose", programs: ["docker-compose"] },
    {
      // No Debian 12 has it. Called otherwise, or it would hide the other one on PATH: test/helpers/docker.ts gives it its name.
      from: "go",
      program: "docker-compose-v2",
      module: "github.com/docker/compose/v2",
      // From 2.39 on it wants a later Go than 1.24.0.
      version: "v2.33.1",
      main: "./cmd",
      set: { "github.com/docker/compose/v2/internal.Version": "v2.33.1" },
    },
    {
      from: "debian",
      package: "busybox-static",
      programs: ["busybox"],
      // Debian's other busybox is not static: an image of that one file would not start.
      marker: "/usr/share/doc/busybox-static",
    },
  ],
};
