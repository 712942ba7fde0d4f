import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type ParsedNode,
  type YAMLMap,
  type YAMLParseError,
} from "yaml";
import { messageOf } from "../base/errors.ts";
import type { Place, Problem } from "./problem.ts";
import { type DocPath, SourceDocument, spotKey, type SpotMap } from "./source-document.ts";
import { yamlWords } from "./yaml-words.ts";

const LARGEST = 1_000_000;

/**
 * Reads YAML text into plain data that keeps positions. Every fault becomes a problem of the document; nothing throws.
 * Anchors, aliases and tags are refused: what a person reads in a runbook is exactly what runs.
 */
export function parseYaml(path: string, text: string): SourceDocument {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = [];
  const spots: SpotMap = new Map();
  const add = (offset: number, message: string): void => {
    problems.push({ path, ...placeOf(offset), message, severity: "error" });
  };
  const done = (value: unknown): SourceDocument =>
    new SourceDocument({ path, text, value, problems, spots, placeOf });

  if (text.length > LARGEST) {
    add(0, `the file is larger than ${LARGEST / 1e6} MB, which no runbook is`);
    return done(undefined);
  }
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
    reportFaults([...document.errors, ...document.warnings], text, add);
    // Half a document gives misleading findings: the YAML has to be right first.
    const broken = document.errors.some((e) => e.code !== "DUPLICATE_KEY");
    if (broken) return done(undefined);
    const before = problems.length;
    const value = toData(document.contents, { spots, placeOf, add });
    return done(problems.length > before ? undefined : value);
  } catch (error) {
    add(
      0,
      error instanceof RangeError ? "is nested too deeply" : `cannot be read as YAML: ${messageOf(error)}`,
    );
    return done(undefined);
  }
}

function reportFaults(
  faults: readonly Pick<YAMLParseError, "code" | "pos" | "message">[],
  text: string,
  add: (offset: number, message: string) => void,
): void {
  const told = new Set<number>();
  for (const fault of faults) {
    const line = text.slice(0, fault.pos[0]).split("\n").length;
    // One slip makes the parser stumble over the rest of its line: the first finding is the useful one.
    if (fault.code !== "DUPLICATE_KEY" && told.has(line)) continue;
    told.add(line);
    add(fault.pos[0], yamlWords(fault, text));
  }
}

interface Walk {
  spots: SpotMap;
  placeOf: (offset: number) => Place;
  add: (offset: number, message: string) => void;
}

function toData(root: Node | null, walk: Walk): unknown {
  return root === null ? null : visit(root, [], undefined, walk);
}

function visit(node: Node | null, path: DocPath, key: Place | undefined, walk: Walk): unknown {
  const [start, end] = node?.range ?? [0, 0];
  // `key:` with nothing behind it: the key is what a person can point at.
  const value = node === null || (isScalar(node) && node.source === "" && key) ? key : walk.placeOf(start);
  walk.spots.set(spotKey(path), { key, value: value ?? walk.placeOf(start), range: [start, end] });
  if (node === null) return null;
  if (isAlias(node) || ("anchor" in node && node.anchor !== undefined)) {
    walk.add(start, "anchors (&) and aliases (*) are not supported: write the value out where it is used");
    return null;
  }
  if (isMap<ParsedNode, ParsedNode>(node)) return visitMap(node, path, walk);
  if (isSeq<ParsedNode>(node)) return node.items.map((item, i) => visit(item, [...path, i], undefined, walk));
  return isScalar(node) ? node.value : null;
}

function visitMap(node: YAMLMap<ParsedNode, ParsedNode | null>, path: DocPath, walk: Walk): unknown {
  const entries: [string, unknown][] = [];
  for (const { key, value } of node.items) {
    const at = key?.range?.[0] ?? node.range?.[0] ?? 0;
    if (!isScalar(key) || key.anchor !== undefined) {
      walk.add(at, "a key must be a plain word");
      continue;
    }
    const name = String(key.source ?? key.value);
    if (entries.some(([known]) => known === name)) continue;
    entries.push([name, visit(value, [...path, name], walk.placeOf(at), walk)]);
  }
  // fromEntries defines own properties, so that a key "__proto__" stays an ordinary unknown key.
  return Object.fromEntries(entries);
}
