import type { Piece } from "./piece.ts";
import { allBlocks, numbered, type Section, walk } from "./sections.ts";

/** What a part of a procedure is about. */
export type Topic = "recovery" | "backup" | "other";

/** One part of the procedure that becomes a runbook of its own. */
export interface Scenario {
  title: string;
  topic: Topic;
  section: Section;
}

export interface Parts {
  scenarios: Scenario[];
  /** What is read for settings and kept as comments: text without anything to do. */
  reference: Section[];
  /** Warnings above all scenarios: they are told before each recovery. */
  warnings: Piece[];
}

const RECOVERY =
  /\b(?:restor\w*|recover\w*|disaster|fail-?over|lost|loss|corrupt\w*|roll-?back|rebuild|reinstat\w*|outage|down|emergency|incident|import|replay|promot\w*|gone|dead|dropped|deleted|wiped|destroyed|damaged|crash\w*|failure|unavailable)\b/i;
const BACKUP = /\b(?:back-?ups?|back(?:ing)? up|dump(?:s|ing)?|snapshots?|export\w*)\b/i;
const GENERIC =
  /\b(?:procedures?|scenarios?|plans?|runbooks?|guides?|playbooks?|options?|methods?|strateg\w+|overview|operations|and)\b/i;
/** Names a part of one recovery, not a recovery: "Restore", "Pick the backup". */
const PART =
  /^(?:(?:restor\w*|recover\w*|import)(?: (?:from )?(?:the |a )?(?:latest |newest |last )?(?:backup|dump|snapshot|data)s?)?|(?:pick|choose|select|find|locate|get|fetch|download|copy|unpack|decrypt|identify|check)\b.*)$/i;
const REFERENCE =
  /\b(?:overview|architecture|strateg\w+|polic\w+|structure|components?|locations?|contacts?|objectives?|rto|rpo|retention|schedul\w+|monitor\w*|alert\w*|appendix|references?|glossary|history|revision|inventory|contents|best practices|faq|see also|related|support|license|introduction|about|summary|purpose|scope|roles|responsibilit\w+|escalation)\b/i;
const BEFORE =
  /\b(?:prerequisit\w*|requirements?|before (?:you|we|starting)\b.*|preparation|pre-?flight|assumptions?)\b/i;

/**
 * Decides which headings are runbooks: a heading that reads as a scenario, unless it only gathers scenarios (its title
 * speaks of procedures or plans, or its sub-headings are scenarios themselves and no numbered steps).
 */
export function partsOf(document: Section): Parts {
  const parts: Parts = { scenarios: [], reference: [], warnings: [] };
  gather(document, parts, soleChapter(document));
  if (parts.scenarios.some(({ topic }) => topic === "recovery")) return parts;
  // Nothing reads as a recovery: then the document as a whole is one, if it has anything to do.
  if (parts.scenarios.length > 0 || !isActive(document)) return parts;
  return {
    scenarios: [{ title: document.children[0]?.title ?? "Recovery", topic: "recovery", section: document }],
    reference: [],
    warnings: parts.warnings,
  };
}

/** The heading that all the rest stands below; where there are several of the highest level, each is a part of its own. */
function soleChapter({ children }: Section): Section | undefined {
  const chapters = children.filter((child) => isActive(child) && !REFERENCE.test(numbered(child.title).bare));
  return chapters.length === 1 ? chapters[0] : undefined;
}

function gather(section: Section, parts: Parts, whole: Section | undefined): void {
  const gathers = section.depth === 0 || isContainer(section, section === whole);
  if (!gathers) {
    const bare = numbered(section.title).bare;
    if (isActive(section) && !(REFERENCE.test(bare) && !RECOVERY.test(bare) && !hasCommands(section)))
      parts.scenarios.push({ title: bare, topic: topicOf(bare), section });
    else {
      // A title page above everything: its warnings are meant for all that follows.
      if (parts.scenarios.length === 0) warn(section, parts);
      parts.reference.push(section);
    }
    return;
  }
  const own: Section = { ...section, children: [] };
  warn(own, parts);
  if (own.blocks.length > 0 || section.depth > 0) {
    if (isActive(own) && hasCommands(own))
      parts.scenarios.push({
        title: numbered(section.title).bare || "Recovery",
        topic: topicOf(section.title),
        section: own,
      });
    else parts.reference.push(own);
  }
  for (const child of section.children) gather(child, parts, whole);
}

function warn({ blocks }: Section, parts: Parts): void {
  for (const block of blocks)
    if (block.kind === "warning")
      parts.warnings.push({ kind: "warning", text: block.text, from: block.from, to: block.to });
}

/** A heading that only gathers: its parts are runbooks, not phases. */
function isContainer({ title, depth, children }: Section, isWhole: boolean): boolean {
  if (children.length === 0) return false;
  const below = children.flatMap(walk).map((child) => numbered(child.title));
  const direct = children.map((child) => numbered(child.title));
  const scenarios = direct.filter(
    ({ isStep, bare }) => !isStep && (RECOVERY.test(bare) || BACKUP.test(bare)) && !PART.test(bare),
  );
  const steps = direct.filter(({ isStep }) => isStep);
  if (steps.length >= 2) return false;
  if (depth === 1 && isWhole)
    return below.some(({ bare, isStep }) => !isStep && (RECOVERY.test(bare) || BACKUP.test(bare)));
  if (GENERIC.test(title)) return scenarios.length >= 1;
  return (
    scenarios.length >= 2 &&
    scenarios.length >= children.length / 2 &&
    !/\b(?:full|complete|total|entire)\b/i.test(title)
  );
}

export function topicOf(title: string): Topic {
  const [restores, saves] = [RECOVERY.test(title), BACKUP.test(title)];
  if (restores && !(saves && /^back/i.test(title))) return "recovery";
  return saves ? "backup" : "other";
}

export const isBefore = ({ title }: Section): boolean => BEFORE.test(title);

/** Whether somebody has to do something there. */
function isActive(section: Section): boolean {
  return (
    hasCommands(section) ||
    allBlocks(section).some((block) => block.kind === "item" && (block.task || block.ordered))
  );
}

const hasCommands = (section: Section): boolean =>
  allBlocks(section).some((block) => block.kind === "code" && isShell(block.lang, block.text));

const SHELL = new Set([
  "sh",
  "bash",
  "shell",
  "zsh",
  "console",
  "terminal",
  "shellsession",
  "shell-session",
  "ksh",
  "fish",
]);
const PROGRAM =
  /^\s*(?:[$#>]\s+)?(?:sudo\s+|[A-Z_]+=\S+\s+)*(?:docker|docker-compose|kubectl|psql|pg_\w+|mongo\w*|redis-cli|mc|aws|gunzip|tar|systemctl|curl|cd|cp|mv|rm|mkdir|npm|npx|pnpm|yarn|pm2|rsync|scp|ssh|git|make|gitlab-\w+|influxd?|clickhouse-client|createdb|dropdb|helm|velero|\.\/[\w./-]+|[A-Z_]+=)/m;

/** Whether a code block is a shell's. */
export function isShell(lang: string, text: string): boolean {
  return SHELL.has(lang) || ((lang === "" || lang === "text") && PROGRAM.test(text));
}
