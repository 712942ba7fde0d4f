/** What a program's own words most likely mean, and what to do. `$1` is what the first group matched. */
export interface Hint {
  says: RegExp;
  likely: string;
  next: string;
}
