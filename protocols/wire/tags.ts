/**
 * The tags of values that travel without a schema. Calls (value.ts) and states (graph-writer.ts) have them in common.
 */
export const tag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  natural: 4,
  negative: 5,
  float: 6,
  bigint: 7,
  text: 8,
  bytes: 9,
  array: 10,
  object: 11,
  map: 12,
  set: 13,
  date: 14,
  /** Bytes of the platform's own class, Buffer on Node. */
  buffer: 15,
  /** The number of an object that came before. */
  reference: 16,
  /** An object of a class, all of whose properties are ordinary fields. */
  instance: 17,
  /** A class, a function or a symbol, by its name (declared.ts). */
  named: 18,
  /** Any other object: its class, what its class keeps inside, its properties and its private fields. */
  special: 19,
  /** Within an array: so many places that hold nothing. */
  holes: 20,
  /** An ArrayBuffer. */
  memory: 21,
  /** A graph within a call's plain data. */
  graph: 22,
} as const;
