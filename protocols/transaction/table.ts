/** Entries by name that come and go with each transaction. */
export class Table<V> {
  // One entry stays for ever: V8 makes a new table at every deletion that leaves a Map empty, which took an eighth of
  // the time of a transaction (npm run bench -- --only protocol).
  readonly #map = new Map<string | symbol, V>([[Symbol("stays"), undefined as V]]);

  get size(): number {
    return this.#map.size - 1;
  }

  get(name: string): V | undefined {
    return this.#map.get(name);
  }

  set(name: string, value: V): void {
    this.#map.set(name, value);
  }

  delete(name: string): void {
    this.#map.delete(name);
  }

  /** All entries, in the order of their arrival; those that arrive meanwhile too. */
  *values(): IterableIterator<V> {
    for (const [name, value] of this.#map) if (typeof name === "string") yield value;
  }
}
