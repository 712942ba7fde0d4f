import type { Need } from "./need.ts";

/** Debian's sshd is not used: each test starts its own on loopback. */
export const ssh: Need = {
  name: "ssh",
  why: "machines reached by ssh: a sshd of the test's own on loopback, sudo there",
  tools: [
    { from: "debian", package: "openssh-server", programs: ["sshd"], units: ["ssh.service", "ssh.socket"] },
    { from: "debian", package: "openssh-client", programs: ["ssh", "ssh-keygen"] },
    { from: "debian", package: "sudo", programs: ["sudo"] },
  ],
};
