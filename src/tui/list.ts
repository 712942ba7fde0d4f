/** The part of a list that is on screen: [from, to). */
export interface Window {
  from: number;
  to: number;
}

/** Pure: where a list of `count` lines is shown in `rows` rows so that the marked line is in view, near the middle. */
export function windowOf(count: number, cursor: number, rows: number): Window {
  const size = Math.max(1, Math.min(count, rows));
  const from = Math.max(0, Math.min(count - size, cursor - Math.floor(size / 2)));
  return { from, to: Math.min(count, from + size) };
}

/** Pure: where the mark goes by a key. It stops at the ends: running over the end and round is how one picks wrong. */
export function cursorAfter(key: string, cursor: number, count: number, page: number): number {
  const last = Math.max(0, count - 1);
  const step: Record<string, number> = {
    up: cursor - 1,
    k: cursor - 1,
    down: cursor + 1,
    j: cursor + 1,
    pageup: cursor - page,
    pagedown: cursor + page,
    home: 0,
    end: last,
  };
  return Math.max(0, Math.min(last, step[key] ?? cursor));
}
