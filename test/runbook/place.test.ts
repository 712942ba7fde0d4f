import { expect, test } from "vitest";
import { hostSecrets, placesOf } from "../../src/runbook/place.ts";

const HOSTS = {
  server: { kind: "ssh", destination: "deploy@db1", as: "root" },
  stack: {
    kind: "compose",
    on: "server",
    files: ["/opt/app/compose.yml"],
    project: "app",
    env: { DB_PASSWORD: "canary" },
  },
  database: { kind: "compose", of: "stack", service: "postgres", as: "postgres" },
};

test("a host that takes its project from another one and lies on a third is reached by all the hops", () => {
  const place = placesOf(HOSTS).get("database");
  expect(place?.hops?.map((hop) => hop.via)).toEqual(["ssh", "sudo", "compose"]);
  expect(place?.words).toBe("compose service postgres as root on deploy@db1");
  expect(place?.hops?.at(-1)).toMatchObject({
    user: "postgres",
    compose: { project: "app" },
    service: "postgres",
  });
});

test("a project without a service has no place for commands, but can be controlled where its program runs", () => {
  const place = placesOf(HOSTS).get("stack");
  expect(place?.hops).toBeUndefined();
  expect(place?.outer.map((hop) => hop.via)).toEqual(["ssh", "sudo"]);
  expect(place?.services.compose?.files).toEqual(["/opt/app/compose.yml"]);
});

test("what a compose file asks for stays out of the hops: they end up in plans", () => {
  expect(JSON.stringify([...placesOf(HOSTS).values()])).not.toContain("canary");
  const hop = placesOf(HOSTS).get("database")?.hops?.at(-1);
  const key = hop?.via === "compose" ? hop.compose.secrets["DB_PASSWORD"] : undefined;
  expect(hostSecrets(HOSTS).get(key ?? "")).toBe("canary");
});
