/** Places in TypeScript files, for errors. */
import { relative } from "node:path";
import type { Node } from "ts-morph";
import { type BadSource, Source } from "../../source.ts";

export function badNode(node: Node, problem: string): BadSource {
  const file = node.getSourceFile();
  const near = relative(process.cwd(), file.getFilePath());
  const path = near.startsWith("..") ? file.getFilePath() : near;
  const from = node.getStart();
  const text = file.getFullText();
  // Of a declaration of many lines the first says where it is.
  const line = text.indexOf("\n", from);
  return new Source(path, text).bad({ from, to: Math.min(node.getEnd(), line < 0 ? text.length : line) }, problem);
}
