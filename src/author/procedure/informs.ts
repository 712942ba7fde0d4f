const BEFORE =
  /\b(?:symptoms?|prerequisit\w*|requirements?|requires?|before you|when to use|use (?:this )?when|applies|assumptions?|impact|indications?|signs|you (?:will )?need|preconditions?)\b/i;
const NOTE =
  /\b(?:causes?|includes?|contains?|consists?|contents|expected|estimated|duration|benefits|features|see also|resources|links|related|references|advantages|disadvantages|limitations|understanding|how .*works?|overview|concepts?|background|what|why|pros|cons|key (?:settings|points|features|takeaways)|use cases?|rationale|terminology|where|following (?:data|volumes|directories|files|services|databases)|stored|supports?)\b/i;

/** Whether what stands under such a heading, or behind such words, informs instead of asking for something to be done. */
export function informs(words: string): "before" | "note" | undefined {
  if (BEFORE.test(words)) return "before";
  return NOTE.test(words) && !/\b(?:check|verify|confirm|restore|run|do|perform)\b/i.test(words)
    ? "note"
    : undefined;
}
