import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Short files that run for minutes: left to the end they would keep one core busy and the other waiting. */
const SLOW = [/\/test\/systems\//, /\/test\/chaos\//, /\/test\/stores\/host\//, /\/test\/services\//];

const rank = ({ moduleId }: TestSpecification): number => {
  const at = SLOW.findIndex((pattern) => pattern.test(moduleId));
  return at < 0 ? SLOW.length : at;
};

/** Vitest begins with the largest files, which says little about how long they run. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
