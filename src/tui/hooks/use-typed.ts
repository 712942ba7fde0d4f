import { useState } from "react";
import type { Press } from "../key-bus.ts";

export interface Typed {
  text: string;
  /** Give to useKeys: typed, pasted and erased characters. */
  onText: (press: Press) => void;
  clear: () => void;
}

/** One line of typed text. */
export function useTyped(): Typed {
  const [text, setText] = useState("");
  return {
    text,
    onText: (press) =>
      setText((before) =>
        press.name === "backspace" ? [...before].slice(0, -1).join("") : before + press.text,
      ),
    clear: () => setText(""),
  };
}
