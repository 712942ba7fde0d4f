/** One line, no longer than `longest`, cut at a word. */
export function oneLine(text: string, longest = 100): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), longest / 2))} …`;
}
