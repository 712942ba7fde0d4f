import { judgeExpectation } from "../checks/expectation.ts";
import { judgeExit, judgeNotAsked } from "../checks/plain-judges.ts";
import type { Store } from "../runbook/system-schema.ts";
import type { Judge } from "../step/check.ts";
import { postgres } from "./postgres/postgres.ts";
import type { StoreKind } from "./store-kind.ts";

/** Every kind of store. A new kind adds its line here. */
const KINDS: Readonly<Record<Store["kind"], StoreKind>> = { postgres };

export function storeKind(kind: Store["kind"]): StoreKind {
  return KINDS[kind];
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
