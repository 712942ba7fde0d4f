import { judgeExpectation } from "../checks/expectation.ts";
import { plainMustShow } from "../checks/must-show.ts";
import { judgeExit, judgeNotAsked } from "../checks/plain-judges.ts";
import type { Store } from "../runbook/system-schema.ts";
import type { Check, Judge } from "../step/check.ts";
import { postgres } from "./postgres/postgres.ts";
import type { StoreKind } from "./store-kind.ts";

/** Every kind of store. A new kind adds its line here. */
const KINDS: Readonly<Record<Store["kind"], StoreKind>> = { postgres };

export function storeKind(kind: Store["kind"]): StoreKind {
  return KINDS[kind];
}

/** What a person has to see where the check's judge would be green, a line each; for finishing without Lifeboat. */
export function mustShow(check: Check): string[] {
  return [...plainMustShow(check), ...Object.values(KINDS).flatMap((kind) => kind.mustShow(check))];
}

/** Every judge a plan may name. */
export function allJudges(): Map<string, Judge> {
  const own = Object.values(KINDS).flatMap((kind) => Object.entries(kind.judges));
  return new Map<string, Judge>([
    ["expectation", judgeExpectation],
    ["not-asked", judgeNotAsked],
    ["exit", judgeExit],
    ...own,
  ]);
}
