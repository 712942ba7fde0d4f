import type { Need } from "./need.ts";

/** docker.io brings containerd, runc and iptables with it. No image is pulled: see busybox-image.ts. */
export const docker: Need = {
  name: "docker",
  why: "volumes and containers: a dockerd of the test's own, docker-compose 1.29",
  tools: [
    {
      from: "debian",
      package: "docker.io",
      programs: ["dockerd", "docker", "containerd", "runc"],
      units: ["docker.service", "docker.socket", "containerd.service"],
    },
    { from: "debian", package: "docker-compose", programs: ["docker-compose"] },
    {
      from: "debian",
      package: "busybox-static",
      programs: ["busybox"],
      // Debian's other busybox is not static: an image of that one file would not start.
      marker: "/usr/share/doc/busybox-static",
    },
  ],
};
