/**
 * Arguments for the methods of a class, drawn by the types that its file declares. Values come from small sets, so that
 * the calls of a course meet the same accounts, keys and numbers.
 */
import type { ModuleClass } from "../../protocols/call/module.ts";
import type { Stream } from "../../sim/chance/random.ts";
import type { Parameter, Shape, Signatures } from "./signatures.ts";

/** The arguments of one call of a method. */
export type ArgumentsOf = (method: string, random: Stream) => unknown[];

const names = ["a", "b", "c", ""];
const numbers = [0, 1, 2, 3, 7, 100, -1, 0.5];

function pick<T>(values: readonly T[], random: Stream): T {
  return values[Math.floor(random.next() * values.length)]!;
}

const plain: readonly Shape[] = [{ kind: "text" }, { kind: "number" }, { kind: "number" }, { kind: "boolean" }];

function several(shape: Shape, random: Stream): unknown[] {
  return Array.from({ length: Math.floor(random.next() * 4) }, () => draw(shape, random));
}

/** Draws a value. */
function draw(shape: Shape, random: Stream): unknown {
  switch (shape.kind) {
    case "anything":
      return draw(pick(plain, random), random);
    case "text":
      return pick(names, random);
    case "number":
      return pick(numbers, random);
    case "boolean":
      return random.next() < 0.5;
    case "bigint":
      return BigInt(pick([0, 1, 2, 100], random));
    case "date":
      return new Date(pick([0, 1e9, 5e11], random));
    case "bytes":
      return Uint8Array.from(several({ kind: "number" }, random) as number[]);
    case "literal":
      return shape.value;
    case "enum":
      return pick(shape.values, random);
    case "list":
      return several(shape.of, random);
    case "set":
      return new Set(several(shape.of, random));
    case "record":
      return Object.fromEntries(several({ kind: "text" }, random).map((key) => [key, draw(shape.of, random)]));
    case "map":
      return new Map(several(shape.key, random).map((key) => [key, draw(shape.value, random)]));
    case "tuple":
      return shape.of.map((each) => draw(each, random));
    case "union":
      return draw(pick(shape.of, random), random);
    case "object":
      return Object.fromEntries(
        shape.fields.flatMap(({ name, isOptional, shape: of }) =>
          isOptional && random.next() < 0.5 ? [] : [[name, draw(of, random)] as const],
        ),
      );
  }
}

/** The arguments for one parameter: one value, none at an optional parameter now and then, several at a rest. */
function argumentsOfOne({ shape, isRest, isOptional }: Parameter, random: Stream): unknown[] {
  if (isRest) return draw(shape, random) as unknown[];
  return [isOptional && random.next() < 0.5 ? undefined : draw(shape, random)];
}

/** A method without a signature gets as many plain values as it has parameters. */
export function argumentsFrom(type: ModuleClass<object>, signatures: Signatures): ArgumentsOf {
  return (method, random) => {
    const parameters = signatures.get(method);
    if (parameters !== undefined) return parameters.flatMap((each) => argumentsOfOne(each, random));
    const { length } = (type.prototype as Record<string, (...args: unknown[]) => unknown>)[method]!;
    return Array.from({ length }, () => draw({ kind: "anything" }, random));
  };
}

/**
 * Private and protected methods are procedures, but callers in TypeScript do not see them. Iterators of a Map or a Set
 * that the class extends are for its own code.
 */
export function isForNobody(type: ModuleClass<object>, name: string, signatures: Signatures): boolean {
  if (signatures.has(name)) return signatures.get(name) === undefined;
  const inherited = [Map, Set, Array].some((base) => {
    const own = (base.prototype as unknown as Record<string, unknown>)[name];
    return own !== undefined && own === (type.prototype as Record<string, unknown>)[name];
  });
  return inherited && ["entries", "keys", "values"].includes(name);
}
