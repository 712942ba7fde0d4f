import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../helpers/estate.ts";

let estate: Estate;
let backup: string;
beforeAll(async () => {
  estate = await openEstate();
  backup = await estate.backup();
});
afterAll(() => estate?.stop());

/** A psql that does the first half of a swap, the fence, and then fails; everything else it passes on. */
const HALF = `#!/bin/sh
# The session of the lock keeps its input open.
case "$PGAPPNAME" in lifeboat-lock*) exec "$REAL/psql" "$@" ;; esac
case "$*" in *' -f -'*) ;; *) exec "$REAL/psql" "$@" ;; esac
script=$(cat)
case "$script" in
  *'RENAME TO "shop_a__before_'*) printf '%s\\n' "$script" | sed '/^BEGIN;$/,$d' | "$REAL/psql" "$@"; echo 'lost it' >&2; exit 3 ;;
  *) printf '%s\\n' "$script" | exec "$REAL/psql" "$@" ;;
esac
`;

test("a swap that failed half way does not keep the database closed, and resuming goes on with it", async () => {
  await estate.clone("shop_a");
  await estate.server.psql("shop_a", "DELETE FROM items");
  const real = (estate.env["PATH"] ?? "").split(":")[0] ?? "";
  const half = (await estate.standIns({ psql: HALF.replaceAll("$REAL", real) }))["PATH"] ?? "";
  const failed = await estate.restore("shop_a", ["--backup", backup], { PATH: half });
  expect(failed.code).toBe(20);
  expect(failed.stdout).toContain("lost it");
  expect(await estate.server.psql("shop_a", "SELECT count(*) FROM items")).toBe("0");
  const [run = ""] = await estate.runs();
  const handover = await readFile(join(estate.home, "runs", run, "handover.md"), "utf8");
  expect(handover).toMatch(/Swap failed: finish it by hand and go on, or take\s+everything back/);

  const resumed = await estate.lifeboat(["resume", run, "--confirm", "shop_a"], estate.at("shop_a"));
  expect(`${resumed.stdout}${resumed.stderr}`).toContain("RECOVERED");
  expect(resumed.code).toBe(0);
  expect(await estate.server.psql("shop_a", "SELECT count(*) > 0 FROM items")).toBe("t");
  const undone = await estate.lifeboat(["undo", run, "--confirm", "shop_a"], estate.at("shop_a"));
  expect(undone.code).toBe(0);
  expect(await estate.server.psql("shop_a", "SELECT count(*) FROM items")).toBe("0");
});
