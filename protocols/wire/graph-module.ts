/**
 * A module as the root of a graph. The class of the module is not written, since every member has made its own
 * instance: what is written replaces the fields of that instance. A module of ordinary fields has the bytes of a plain
 * object.
 */
import { MalformedError } from "./bytes.ts";
import { declared, type PrivateField } from "./declared.ts";
import { PairsFrame } from "./graph-frames.ts";
import type { GraphReader } from "./graph-reader.ts";
import { Tail } from "./graph-tail.ts";
import type { GraphWriter } from "./graph-writer.ts";
import { attribute, placeOf, readProperties } from "./properties.ts";
import { shapeOf, type Shape } from "./shapes.ts";
import { tag } from "./tags.ts";

/** Begins the graph with the module. @throws Refusal */
export function writeModule(graph: GraphWriter, module: object): void {
  const shape = shapeOf(Object.getPrototypeOf(module) as object | null);
  const sentence = shape.refusal ?? shape.hidden ?? wrongBase(shape);
  if (sentence !== undefined) graph.refuse(sentence);
  const properties = readProperties(module, shape.base);
  const { keys, values, attributes, integrity, ordinary, complaint, place } = properties;
  if (complaint !== undefined) graph.refuse(complaint, place);
  for (const [i, key] of keys.entries()) {
    const value = values[i];
    if (integrity === 3 || ((attributes?.[i] ?? attribute.all) & attribute.writable) === 0)
      graph.refuse("cannot be written, so that a newcomer cannot receive it; leave it writable", placeOf(key));
    if (typeof value === "function" && declared.nameOf(value) === undefined)
      graph.refuse(
        "is a function in a field, which is no procedure and cannot be externalized: what it has closed over is in one process only; make it a method of the class",
        placeOf(key),
      );
  }
  graph.numbers.add(module);
  if (ordinary && shape.base === "object" && !shape.hides) {
    graph.writer.byte(tag.object);
    graph.writer.integer(keys.length);
    graph.push(new PairsFrame(properties));
  } else {
    graph.writer.byte(tag.special);
    graph.rest(module, shape, properties);
  }
}

function wrongBase({ base }: Shape): string | undefined {
  if (base === "object" || base === "map" || base === "set" || base === "array") return undefined;
  return `is a ${base === "view" ? "typed array" : base}, which no newcomer can be made into; hold it in a field`;
}

/** The fields of a module that have been read, once the graph is whole. */
export interface ModuleFields {
  /** Gives the module the fields, and no others. @throws MalformedError for one that cannot be written here */
  install(): void;
  /** The fields by their names, private ones with their `#`. */
  list(): Readonly<Record<string, unknown>>;
}

/**
 * Begins to read a graph that begins with a module.
 *
 * @throws MalformedError
 */
export function readModule(graph: GraphReader, module: object): ModuleFields {
  graph.add(module);
  const { reader } = graph;
  const kind = reader.byte();
  const fields: [string | symbol, PropertyDescriptor][] = [];
  const hidden: [PrivateField, unknown][] = [];
  const shape = shapeOf(Object.getPrototypeOf(module) as object | null);
  if (kind === tag.object) {
    let left = reader.integer();
    if (left > 0) {
      graph.push(() => {
        const key = reader.name();
        fields.push([key, { value: graph.read(), enumerable: true, writable: true, configurable: true }]);
        return --left > 0;
      });
    }
  } else if (kind === tag.special) {
    const property = (key: string | symbol, descriptor: PropertyDescriptor): unknown => fields.push([key, descriptor]);
    new Tail(graph, shape).push(module, { property, field: (field, value) => hidden.push([field, value]) });
  } else throw new MalformedError("a state that is no module's");
  if (shape.base === "map") {
    Map.prototype.clear.call(module);
    graph.map(module as Map<unknown, unknown>);
  } else if (shape.base === "set") {
    Set.prototype.clear.call(module);
    graph.set(module as Set<unknown>);
  } else if (shape.base === "array") {
    (module as unknown[]).length = 0;
    graph.list(module as unknown[]);
  }
  return {
    install: () => {
      replace(module, fields, shape.base === "array");
      for (const [field, value] of hidden) field.set(module, value);
    },
    list: () =>
      Object.fromEntries([
        ...fields.map(([key, { value }]): [string, unknown] => [String(key), value]),
        ...hidden.map(([{ name }, value]): [string, unknown] => [name, value]),
      ]),
  };
}

/** Gives the object these properties, in this order, and no others. */
function replace(
  object: object,
  properties: readonly (readonly [string | symbol, PropertyDescriptor])[],
  isArray: boolean,
): void {
  const own = Reflect.ownKeys(object).filter(
    (key) => !isArray || typeof key === "symbol" || !/^(length|\d+)$/.test(key),
  );
  // To delete fields makes an object slow, and is seldom necessary.
  if (own.length !== properties.length || own.some((key, i) => key !== properties[i]![0])) {
    for (const key of own) Reflect.deleteProperty(object, key);
  }
  for (const [key, descriptor] of properties) {
    if (!Reflect.defineProperty(object, key, descriptor))
      throw new MalformedError(`the field ${String(key)} cannot be written here`);
  }
}
