/** What goes into a YAML file, with the words that say what was guessed. */
export type Value = string | number | boolean | Value[] | Guess | { [key: string]: Value };

/** A value that somebody has to look at: the file says so beside it, as `# check: …`. */
export class Guess {
  readonly value: Exclude<Value, Guess>;
  readonly why: string;

  constructor(value: Exclude<Value, Guess>, why: string) {
    this.value = value;
    this.why = why;
  }
}

export const guess = (value: Exclude<Value, Guess>, why: string): Guess => new Guess(value, why);

export const bare = (value: Value): Exclude<Value, Guess> => (value instanceof Guess ? value.value : value);

/** An entry with comment lines above it. */
export interface Draft {
  comment: string[];
  fields: Record<string, Value>;
}

export interface StepDraft extends Draft {
  id: string;
  /** Lines of the procedure it stands for, from 1; undefined when it is Lifeboat's own. */
  lines?: { from: number; to: number };
}

export interface RunbookDraft {
  /** Name of the file, without .yaml. */
  name: string;
  comment: string[];
  title: string;
  scenario: string;
  objectives?: Record<string, Value>;
  beforeYouStart: string[];
  bringUp: StepDraft[];
  steps: StepDraft[];
}

export interface SystemDraft {
  name: string;
  comment: string[];
  title: string;
  environment: Value;
  env: string[];
  objectives: Record<string, Value>;
  hosts: Record<string, Draft>;
  stores: Record<string, Draft>;
  /** Comment lines at the end: what was found and has no place of its own. */
  notes: string[];
}

/** One file of a new system. */
export interface NewFile {
  name: string;
  text: string;
}
