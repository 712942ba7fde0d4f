import { expect, test } from "vitest";
import { findComposeContainer } from "../../src/hosts/hops/container.ts";
import type { HopOf } from "../../src/step/hop.ts";

const hop: HopOf<"compose"> = {
  via: "compose",
  service: "db",
  number: 1,
  compose: { files: ["/srv/my shop/docker-compose.yml"], project: "shop", secrets: {} },
};

test.each([
  ["without a program", hop, "docker compose -f"],
  [
    "with one",
    { ...hop, compose: { ...hop.compose, program: "docker-compose" as const } },
    "docker-compose -f",
  ],
])("a service that has no container: what to type can be typed, %s", async (_which, one, words) => {
  const refused = findComposeContainer(one, [], async () => "");
  await expect(refused).rejects.toMatchObject({
    facts: { what: "compose service db has no container" },
  });
  const said = await refused.catch((error: unknown) => JSON.stringify(error));
  expect(said).toContain(`start it: ${words} '/srv/my shop/docker-compose.yml' -p shop up -d db`);
  expect(said).toContain("another project");
});
