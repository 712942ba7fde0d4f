import { expect, test } from "vitest";
import { hiddenValues } from "../../src/runbook/hidden-values.ts";

const hidden = (key: string, value: string): boolean => hiddenValues(new Map([[key, value]])).length === 1;

test.each(["vizora", "minio-admin", "root", "backup.user2"])("%s is shown as an access key", (name) => {
  expect(hidden("content.access-key", name)).toBe(false);
  expect(hidden("content.backup-access-key", name)).toBe(false);
});

test.each(["AKIAIOSFODNN7EXAMPLE", "Q3AM3UQ867SPQQA43P2F", "averyveryverylongname", "a1b2c3"])(
  "%s is hidden as an access key: it may have been made by a program",
  (key) => expect(hidden("content.access-key", key)).toBe(true),
);

test("everything else is hidden, whatever it reads like", () => {
  for (const key of ["content.secret-key", "content.access-key.encoded", "db.password", "environment.KEY"])
    expect(hidden(key, "vizora"), key).toBe(true);
});

test("a variable is shown with the name it holds, unless a password is the same", () => {
  const vault = new Map([
    ["content.access-key", "vizora"],
    ["environment.MINIO_ROOT_USER", "vizora"],
    ["environment.OTHER_PASSWORD", "other"],
  ]);
  expect(hiddenValues(vault)).toEqual(["other"]);
  expect(hiddenValues(vault.set("content.secret-key", "vizora"))).toEqual(["other", "vizora"]);
});
