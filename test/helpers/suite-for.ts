import { describe, test } from "vitest";
import { missingPrograms } from "../provision/programs.ts";
import { notRunTitle } from "./not-run.ts";

/**
 * A suite that needs these programs. Where one is missing, the suite is named as not run, with each of them; with
 * LIFEBOAT_REQUIRE=all, as in CI, it fails instead.
 */
export function suiteFor(
  name: string,
  programs: readonly string[],
  fn: () => void,
  otherwise?: string,
): void {
  const title = notRunTitle(name, { missing: missingPrograms(programs), otherwise });
  if (title === undefined) {
    describe(name, fn);
  } else if (process.env["LIFEBOAT_REQUIRE"] === "all") {
    test(title, () => {
      throw new Error(`${title}. LIFEBOAT_REQUIRE=all allows no suite to be left out.`);
    });
  } else {
    describe(title, () => test.skip("all its tests", () => undefined));
  }
}
