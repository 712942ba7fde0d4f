import type { z } from "zod";
import { isRecord, listOf, lookInto, recordOf } from "./raw.ts";
import type { DocPath } from "./source-document.ts";

type Node = z.core.JSONSchema.BaseSchema;

/** The part of a JSON Schema that speaks about a path of some data; a union is decided by the data's `kind`. */
export function schemaNodeAt(root: Node, data: unknown, path: DocPath): Node | undefined {
  let node: Node | undefined = chosen(root, data);
  for (const [i, part] of path.entries()) {
    if (node === undefined) return undefined;
    const next: unknown =
      typeof part === "number" ? node.items : (ownProperty(node, part) ?? node.additionalProperties);
    node = isNode(next) ? chosen(next, lookInto(data, path.slice(0, i + 1))) : undefined;
  }
  return node;
}

export const keysOf = (node: Node | undefined): string[] => Object.keys(node?.properties ?? {});

function ownProperty(node: Node, key: string): unknown {
  const all = node.properties ?? {};
  return Object.hasOwn(all, key) ? all[key] : undefined;
}

function chosen(node: Node, data: unknown): Node {
  const options = [...(node.oneOf ?? []), ...(node.anyOf ?? [])].filter(isNode);
  const kind = recordOf(data)["kind"];
  return (
    options.find((option) => {
      const of = option.properties?.["kind"];
      return isNode(of) && (of.const === kind || listOf(of.enum).includes(kind));
    }) ?? node
  );
}

function isNode(value: unknown): value is Node {
  return isRecord(value);
}
