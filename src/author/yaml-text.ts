import { Document, isMap, isScalar, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import {
  type Draft,
  Guess,
  type RunbookDraft,
  type StepDraft,
  type SystemDraft,
  type Value,
} from "./draft.ts";

/** Lines are kept to this where a comment can stand above instead of beside. */
const WIDTH = 110;

/** Keys whose small lists and maps are written on one line, as people do. */
const ON_ONE_LINE = new Set(["run", "names", "files", "tables", "only", "expect", "usual-size", "needs"]);

/** The text of a system.yaml: readable, and made to be edited by hand. */
export function systemText(draft: SystemDraft): string {
  const hosts = Object.entries(draft.hosts);
  const sections: Section[] = [
    { fields: { title: draft.title, environment: draft.environment } },
    ...(draft.env.length === 0
      ? []
      : [
          {
            comment: ["Variables come from the environment first, then from these files."],
            fields: { env: draft.env },
          },
        ]),
    ...(Object.keys(draft.objectives).length === 0 ? [] : [{ fields: { objectives: draft.objectives } }]),
    ...(hosts.length === 0
      ? []
      : [{ fields: { hosts: hosts.map(([name, host]) => [name, host] as const) } }]),
    { fields: { stores: Object.entries(draft.stores) } },
  ];
  return fileText(draft.comment, sections, draft.notes);
}

/** The text of a runbook. */
export function runbookText(draft: RunbookDraft): string {
  const sections: Section[] = [
    { fields: { title: draft.title, scenario: draft.scenario } },
    ...(draft.objectives === undefined ? [] : [{ fields: { objectives: draft.objectives } }]),
    ...(draft.beforeYouStart.length === 0 ? [] : [{ fields: { "before-you-start": draft.beforeYouStart } }]),
    ...(draft.bringUp.length === 0 ? [] : [{ fields: { "bring-up": draft.bringUp } }]),
    { fields: { steps: draft.steps } },
  ];
  return fileText(draft.comment, sections, []);
}

type Entry = Value | readonly (readonly [string, Draft])[] | StepDraft[];

interface Section {
  comment?: string[];
  fields: Record<string, Entry>;
}

function fileText(head: readonly string[], sections: readonly Section[], notes: readonly string[]): string {
  const map = new YAMLMap();
  for (const section of sections) {
    for (const [at, [key, value]] of Object.entries(section.fields).entries()) {
      const pair = new Pair(keyNode(key), entryNode(key, value));
      if (at === 0) {
        pair.key.spaceBefore = map.items.length > 0;
        if (section.comment !== undefined) pair.key.commentBefore = commentText(section.comment);
      }
      map.items.push(pair);
      markPair(pair, value);
    }
  }
  const document = new Document(map);
  const body = document
    .toString({ lineWidth: 0, indentSeq: true })
    // Lists on one line without blanks inside, as people write them.
    .replaceAll(/^(\s*(?:- )?(?:run|names|files|tables|only|needs): )\[ (.*) \]( +#.*)?$/gm, "$1[$2]$3");
  const top = head.length === 0 ? "" : `${head.map(commentLine).join("\n")}\n\n`;
  const end = notes.length === 0 ? "" : `\n${notes.map(commentLine).join("\n")}\n`;
  return `${top}${body}${end}`;
}

const commentLine = (line: string): string => (line === "" ? "#" : `# ${line}`);
const commentText = (lines: readonly string[]): string =>
  lines.map((line) => (line === "" ? "" : ` ${line}`)).join("\n");
const keyNode = (key: string): Scalar<string> => new Scalar(key);

function isSteps(value: Entry): value is StepDraft[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === "object" && "comment" in item && "fields" in item && "id" in item)
  );
}

function isDrafts(value: Entry): value is readonly (readonly [string, Draft])[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (item) =>
        Array.isArray(item) && item.length === 2 && typeof item[1] === "object" && "fields" in item[1],
    )
  );
}

function entryNode(key: string, value: Entry): Node {
  if (isSteps(value)) return stepsNode(value);
  if (isDrafts(value)) return draftsNode(value);
  return valueNode(key, value as Value);
}

function stepsNode(steps: readonly StepDraft[]): YAMLSeq {
  const list = new YAMLSeq();
  for (const { id, fields, comment } of steps) {
    const node = mapNode({ id, ...fields });
    node.spaceBefore = list.items.length > 0;
    if (comment.length > 0) node.commentBefore = commentText(comment);
    list.items.push(node);
  }
  return list;
}

function draftsNode(drafts: readonly (readonly [string, Draft])[]): YAMLMap {
  const map = new YAMLMap();
  for (const [name, { fields, comment }] of drafts) {
    const key = keyNode(name);
    key.spaceBefore = map.items.length > 0;
    if (comment.length > 0) key.commentBefore = commentText(comment);
    map.items.push(new Pair(key, mapNode(fields)));
  }
  return map;
}

function mapNode(fields: Record<string, Value>): YAMLMap {
  const map = new YAMLMap();
  for (const [key, value] of Object.entries(fields)) {
    const pair = new Pair(keyNode(key), valueNode(key, value));
    markPair(pair, value);
    map.items.push(pair);
  }
  return map;
}

function valueNode(key: string, value: Value): Node {
  const plain = value instanceof Guess ? value.value : value;
  if (Array.isArray(plain)) {
    const list = new YAMLSeq();
    list.items = plain.map((item) => listItem(key, item));
    for (const item of list.items) markAbove(item);
    list.flow =
      ON_ONE_LINE.has(key) && plain.every((item) => typeof item !== "object" && !String(item).includes("\n"));
    return list;
  }
  if (typeof plain === "object") {
    const map = mapNode(plain);
    map.flow = ON_ONE_LINE.has(key) && Object.values(plain).every((item) => typeof item !== "object");
    return map;
  }
  return scalarNode(plain);
}

/** An item that is a guess itself has its mark above it. */
function listItem(key: string, item: Value): Node {
  const node = valueNode(key, item);
  if (item instanceof Guess) node.commentBefore = ` check: ${item.why}`;
  return node;
}

/** A mark above the first key of an item goes above the item. */
function markAbove(item: unknown): void {
  const first = isMap(item) ? item.items[0]?.key : undefined;
  if (!isMap(item) || !isScalar(first) || first.commentBefore == null) return;
  item.commentBefore = first.commentBefore;
  first.commentBefore = null;
}

function scalarNode(value: string | number | boolean): Scalar {
  const node = new Scalar(value);
  // Trailing blanks would force quotes and escapes upon a text that is there to be read.
  if (typeof value === "string" && value.includes("\n")) {
    node.value = value.replaceAll(/[ \t]+$/gm, "").replaceAll("\t", "  ");
    node.type = Scalar.BLOCK_LITERAL;
  }
  return node;
}

/** Puts `# check: …` behind a short value, and above the key of a long one. */
function markPair(pair: Pair<Scalar<string>, Node>, value: Entry): void {
  if (!(value instanceof Guess)) return;
  const node = pair.value;
  const text = ` check: ${value.why}`;
  const isShort =
    isScalar(node) &&
    node.type !== Scalar.BLOCK_LITERAL &&
    String(node.value).length + text.length + pair.key.value.length < WIDTH - 12;
  const isFlow =
    (isMap(node) || isSeq(node)) &&
    node.flow === true &&
    String(node).length + text.length + pair.key.value.length < WIDTH - 12;
  if (node !== null && (isShort || isFlow)) node.comment = text;
  else
    pair.key.commentBefore = [pair.key.commentBefore, text]
      .filter((line) => line !== undefined && line !== null)
      .join("\n");
}
