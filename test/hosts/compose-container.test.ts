import { expect, test } from "vitest";
import { findComposeContainer } from "../../src/hosts/hops/container.ts";
import type { HopOf } from "../../src/step/hop.ts";

const hop = (number: number): HopOf<"compose"> => ({
  via: "compose",
  compose: { program: "docker compose", files: ["app.yml"], secrets: {} },
  service: "worker",
  number,
});
const idOf = (number: number): string => String(number).repeat(64);

/** An engine with these containers of the service, as compose lists them; a negative number was left by `compose run`. */
const engine =
  (...numbers: number[]) =>
  async ({ argv }: { argv: string[] }): Promise<string> =>
    argv.includes("ps")
      ? numbers.map((number) => `${idOf(Math.abs(number))}\n`).join("")
      : JSON.stringify(
          numbers.map((number) => ({
            Id: idOf(Math.abs(number)),
            State: { Status: "running", Running: true, Restarting: false },
            Config: {
              Labels: {
                "com.docker.compose.container-number": number < 0 ? "1" : String(number),
                "com.docker.compose.oneoff": number < 0 ? "True" : "False",
              },
            },
          })),
        );

test("a container of several is told by its number, in whatever order compose lists them", async () => {
  expect(await findComposeContainer(hop(1), [], engine(3, 1, 2))).toMatchObject({ container: idOf(1) });
  expect(await findComposeContainer(hop(3), [], engine(3, 1, 2))).toMatchObject({ container: idOf(3) });
});

test("a container that compose run left is not the service's", async () => {
  expect(await findComposeContainer(hop(1), [], engine(-9, 1))).toMatchObject({ container: idOf(1) });
});

test("another number is never taken for one that is gone", async () => {
  await expect(findComposeContainer(hop(1), [], engine(2, 3))).rejects.toMatchObject({
    facts: { what: "compose service worker has no container number 1, but 2, 3" },
  });
  await expect(findComposeContainer(hop(1), [], engine())).rejects.toMatchObject({
    facts: { what: "compose service worker has no container" },
  });
});
