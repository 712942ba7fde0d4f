/** "Step 1: Stop the app!" → "step-1-stop-the-app", at most `longest` characters, cut at a word. */
export function slug(text: string, longest = 40): string {
  const bare = text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/['’]/g, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "");
  if (bare.length <= longest) return bare;
  const cut = bare.slice(0, longest + 1);
  return cut.slice(0, Math.max(cut.lastIndexOf("-"), longest / 2)).replace(/-+$/, "");
}

/** Names that are given out once each: "restore", "restore-2" … */
export class Names {
  readonly #taken = new Set<string>();

  take(wish: string, instead: string): string {
    const base = /^[a-z]/.test(wish) ? wish : instead;
    let name = base;
    for (let more = 2; this.#taken.has(name); more += 1) name = `${base}-${more}`;
    this.#taken.add(name);
    return name;
  }
}

/** What Lifeboat's files would read as a variable is written so that it stays as it is. */
export const verbatim = (text: string): string => text.replaceAll("${", () => "$${");

/** Words without Markdown's marks: emphasis, code, links (their text stays, their address in parentheses). */
export function plainWords(markdown: string): string {
  return markdown
    .replaceAll(/!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)/g, (_all, text: string, url: string) =>
      url.startsWith("#") || url === "" ? text : `${text} (${url})`,
    )
    .replaceAll(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, "$2")
    .replaceAll(/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/g, "$1")
    .replaceAll(/`([^`\n]+)`/g, "$1")
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .trim();
}
