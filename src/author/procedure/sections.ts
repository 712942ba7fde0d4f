import { plainWords } from "../words.ts";
import { type Block, blocksOf } from "./blocks.ts";

/** A heading with what stands below it. The document itself is a section of depth 0. */
export interface Section {
  title: string;
  depth: number;
  /** Line of the heading, from 1; 0 for the document. */
  line: number;
  blocks: Block[];
  children: Section[];
}

/** The tree of headings. */
export function sectionsOf(markdown: string): Section {
  const root: Section = { title: "", depth: 0, line: 0, blocks: [], children: [] };
  const path: Section[] = [root];
  for (const block of blocksOf(markdown)) {
    if (block.kind !== "heading") {
      path.at(-1)?.blocks.push(block);
      continue;
    }
    while ((path.at(-1)?.depth ?? 0) >= block.depth) path.pop();
    const section: Section = {
      title: headingWords(block.text),
      depth: block.depth,
      line: block.from,
      blocks: [],
      children: [],
    };
    (path.at(-1) ?? root).children.push(section);
    path.push(section);
  }
  return root;
}

/** A heading without marks, anchors and emoji at its beginning. */
const headingWords = (text: string): string =>
  plainWords(text)
    .replace(/\s*\{#[^}]*\}\s*$/, "")
    .replace(/^[\p{Extended_Pictographic}\uFE0F\s]+/u, "")
    .trim();

/** Every section of a tree, in reading order. */
export const walk = (section: Section): Section[] => [section, ...section.children.flatMap(walk)];

/** Every block of a section and those below it. */
export const allBlocks = (section: Section): Block[] => walk(section).flatMap(({ blocks }) => blocks);

/** "Step 3: Restore" → 3 and "Restore"; "2.1 Stop" likewise. */
export function numbered(title: string): { isStep: boolean; bare: string } {
  const scenario =
    /^(?:scenario|runbook|procedure|option|strategy|method|case|playbook)\s+(?:#?\d+|[A-Z])\s*[.):–—-]\s*(\S.*)$/i.exec(
      title,
    )?.[1];
  if (scenario !== undefined) return { isStep: false, bare: scenario };
  const found =
    /^(?:(step|phase|stage|part)\s*)?(\d+(?:\.\d+)*|[A-Z](?=[.):]))\s*[.):–—-]?\s+(.*)$|^(step|phase|stage|part)\s+(\w+)\s*[.):–—-]\s*(.*)$/i.exec(
      title,
    );
  if (found === null) return { isStep: false, bare: title };
  return {
    isStep: found[1] !== undefined || found[4] !== undefined,
    bare: (found[3] ?? found[6] ?? title) || title,
  };
}
