import type { Key } from "ink";
import { keyName } from "./keys.ts";

/** One key pressed: its name, and the character it types, empty for keys that type nothing. */
export interface Press {
  name: string;
  text: string;
}

type Listener = (press: Press) => void;

/**
 * Hands keys to the newest screen that listens, one at a time. Over a slow line several keys arrive in one piece
 * ("jj" and enter); each must see the screen as the one before it left it, or enter chooses the wrong line. So the app
 * watches the bus as an external store and delivers from a layout effect: what a key changes is then drawn before
 * `deliver` is left behind, and only after that the next key follows.
 */
export class KeyBus {
  readonly #listeners: Listener[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #queue: Press[] = [];
  #current: Press | undefined;

  /** A screen listens. The newest has all keys, until it is gone. */
  subscribe(listener: Listener): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** The key that waits to be delivered. */
  snapshot = (): Press | undefined => this.#current;

  deliver(press: Press): void {
    if (press !== this.#current) return;
    this.#listeners.at(-1)?.(press);
    setImmediate(() => {
      this.#current = undefined;
      this.#next();
    });
  }

  /** What ink's useInput gives: a key, or several characters at once. */
  input(input: string, key: Key): void {
    const name = keyName(input, key);
    const pieces = [...input];
    const typesNothing = key.ctrl || key.meta;
    if (pieces.length <= 1 || typesNothing)
      this.#queue.push({ name, text: typesNothing ? "" : printable(input) });
    else for (const piece of pieces) this.#queue.push(pressOf(piece));
    this.#next();
  }

  /** Pasted text is text, never keys: a newline in it confirms nothing. */
  paste(text: string): void {
    this.#queue.push({ name: "paste", text: [...text].map(printable).join("") });
    this.#next();
  }

  #next(): void {
    if (this.#current) return;
    this.#current = this.#queue.shift();
    if (this.#current) for (const watcher of this.#watchers) watcher();
  }
}

function pressOf(character: string): Press {
  if (character === "\r" || character === "\n") return { name: "enter", text: "" };
  return { name: character, text: printable(character) };
}

function printable(text: string): string {
  return [...text].filter((character) => character >= " " && character !== "\u007f").join("");
}
