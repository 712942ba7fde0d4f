import { expect, test } from "vitest";
import { hintFor } from "../../../src/engine/hints.ts";

// The words are docker's own, of a 20.10 engine and a 28.2 client.
test.each([
  [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "no engine listens at unix:///var/run/docker.sock",
  ],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/volumes": dial unix /var/run/docker.sock: connect: permission denied',
    "may not talk to the engine",
  ],
  ["Error response from daemon: get shlef: no such volume", "the engine has no volume shlef"],
  ["Error: No such volume: shlef", "the engine has no volume shlef"],
  ["Unable to find image 'busybox:none' locally", "does not have the image"],
  [
    "Error response from daemon: remove shelf__restore: volume is in use - [0ee9be9cc351b5ee1f0ab7ea23cf1ac3a3e1a4ff5db6f6b4d4f3e2d1c0b9a887]",
    "the container 0ee9be9cc351",
  ],
])("docker's words mean something: %s", (said, means) => {
  expect(hintFor(said, ["volume"])?.likely).toContain(means);
});
