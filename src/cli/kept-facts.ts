import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What steps found out for later ones, kept in the run's folder so that a resumed run still knows it. */
export class KeptFacts extends Map<string, unknown> {
  readonly #path: string;

  constructor(folder: string) {
    super();
    this.#path = join(folder, "facts.json");
    if (!existsSync(this.#path)) return;
    const kept: unknown = JSON.parse(readFileSync(this.#path, "utf8"));
    if (kept !== null && typeof kept === "object")
      for (const [step, fact] of Object.entries(kept)) super.set(step, fact);
  }

  override set(step: string, fact: unknown): this {
    super.set(step, fact);
    writeFileSync(`${this.#path}.new`, JSON.stringify(Object.fromEntries(this)), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    return this;
  }
}
