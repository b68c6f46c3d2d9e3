/** A table of machines and their attributes, in columns of numbers. */

export type AttributeType = "number" | "string" | "boolean";

export type AttributeValue = number | string | boolean;

/** One machine as read: its attributes by name. What is missing is left out. */
export interface Machine {
  readonly name: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  /** Why it is not of another type, where that may be a surprise; part of a sentence. */
  readonly because?: string;
}

/** Strings as numbers: equal strings have equal codes, from 0. */
export class Codes {
  readonly #codes = new Map<string, number>();
  readonly #strings: string[] = [];

  of(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#strings.length;
      this.#codes.set(text, code);
      this.#strings.push(text);
    }
    return code;
  }
}

export class MachineTable {
  /** For messages. */
  readonly file: string;
  readonly names: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly codes = new Codes();
  readonly #machines: readonly Machine[];
  readonly #columns = new Map<string, Float64Array>();
  readonly #places: ReadonlyMap<string, number>;

  /** `machines` have different names, and values of the types that `attributes` say. */
  constructor(file: string, attributes: readonly Attribute[], machines: readonly Machine[]) {
    this.file = file;
    this.names = machines.map(({ name }) => name);
    this.attributes = new Map(attributes.map((attribute) => [attribute.name, attribute]));
    this.#machines = machines;
    this.#places = new Map(machines.map(({ name }, index) => [name, index]));
  }

  get size(): number {
    return this.names.length;
  }

  /** The index of the machine with this name. */
  place(name: string): number | undefined {
    return this.#places.get(name);
  }

  machine(index: number): Machine {
    return this.#machines[index]!;
  }

  /**
   * The values of an attribute, by machine: numbers as they are, strings as codes, booleans as 0 and 1, NaN where it is
   * missing.
   */
  column(attribute: string): Float64Array {
    let column = this.#columns.get(attribute);
    if (column === undefined) {
      column = new Float64Array(this.size);
      for (let i = 0; i < column.length; i++) column[i] = this.#number(this.#machines[i]!.attributes[attribute]);
      this.#columns.set(attribute, column);
    }
    return column;
  }

  #number(value: AttributeValue | undefined): number {
    return value === undefined ? NaN : typeof value === "string" ? this.codes.of(value) : Number(value);
  }

  /** The table without these machines. */
  without(names: ReadonlySet<string>): MachineTable {
    const rest = this.#machines.filter(({ name }) => !names.has(name));
    return new MachineTable(this.file, [...this.attributes.values()], rest);
  }
}
