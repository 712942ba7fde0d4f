import type { Need } from "./need.ts";

/** The client only. There is no cluster in the tests: see test/helpers/kubectl-stand-in.ts and fake-api-server.ts. */
export const kubernetes: Need = {
  name: "kubernetes",
  why: "hosts in Kubernetes, as far as the real client goes without a cluster",
  tools: [{ from: "debian", package: "kubernetes-client", programs: ["kubectl"] }],
};
