/**
 * What Node and a parser tell of a program's objects to the protocols, which know no platform. Both hosts import this
 * file, so that whoever transfers states has it.
 */
import events from "node:events";
import { createRequire } from "node:module";
import stream from "node:stream";
import { inspect, types } from "node:util";
import type { Class, Program } from "acorn";
import { declared, type Constructor } from "../protocols/wire/declared.ts";

const require = createRequire(import.meta.url);

/** The program of a text; undefined if it cannot be read, which whoever runs it will say better. */
export function programOf(text: string): Program | undefined {
  // Few programs need the parser.
  const { parse } = require("acorn") as typeof import("acorn");
  try {
    return parse(text, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A private member of a class. */
export interface PrivateMember {
  /** Without its `#`. */
  readonly name: string;
  /** Whether it holds a value, and is no method or accessor. */
  readonly isField: boolean;
}

/** The private members of a class's instances, or its static ones. */
export function privateMembersOf(type: Class, isStatic = false): PrivateMember[] {
  return type.body.body.flatMap((member) => {
    if (member.type === "StaticBlock" || member.static !== isStatic || member.key.type !== "PrivateIdentifier")
      return [];
    return [{ name: member.key.name, isField: member.type === "PropertyDefinition" }];
  });
}

/** The names of private fields of instances, from the text of a class: private methods are no state. */
function privateFields(text: string): readonly string[] {
  if (!text.includes("#")) return [];
  const body = programOf(`(${text})`)?.body[0];
  const expression = body?.type === "ExpressionStatement" ? body.expression : undefined;
  if (expression?.type !== "ClassExpression") return [];
  return privateMembersOf(expression).flatMap(({ name, isField }) => (isField ? [`#${name}`] : []));
}

/** How Node shows an array of which it shows no element: what is left are properties. */
const elementsOnly = /^(?:[\w$]+\(\d+\) (?:\[[\w$]+\] )?)?\[(?: \.\.\. \d+ more items? )?\]$/;

function hasExtraKeys(array: object): boolean {
  const { length } = array as { readonly length: number };
  // Short arrays are listed at once; the keys of a long one would take longer than the array.
  if (length <= 64) return Object.keys(array).length > length || countBeyond(array, length);
  return !elementsOnly.test(
    inspect(array, { maxArrayLength: 0, depth: 0, customInspect: false, breakLength: Infinity }),
  );
}

/** Whether an array with holes has properties. */
function countBeyond(array: object, length: number): boolean {
  return Object.getOwnPropertyNames(array).some((key) => key !== "length" && !(Number(key) < length));
}

function isPlatforms(type: Constructor): boolean {
  return [globalThis, events, stream].some((names) => (names as Readonly<Record<string, unknown>>)[type.name] === type);
}

declared.inspection = { privateFields, isProxy: types.isProxy, isPlatforms, hasExtraKeys };
