/** A module of many small entries, and what its members report. */
export class Entries {
  map = new Map<string, number>();
  records: { id: number; name: string }[] = [];

  fill(kind: "map" | "records", count: number): void {
    for (let i = 0; i < count; i++) {
      if (kind === "map") this.map.set(`key ${i}`, i);
      else this.records.push({ id: i, name: `name ${i % 1000}` });
    }
  }

  count(): number {
    return this.map.size + this.records.length;
  }

  touch(): number {
    this.map.set("touched", (this.map.get("touched") ?? 0) + 1);
    return this.map.get("touched")!;
  }
}

export interface Report {
  readonly entries: number;
  /** The longest turn, in ms. */
  readonly longest: number;
  /** The longest turn, in ms of CPU time. */
  readonly work: number;
  /** CPU time of the process since it began to join, in ms. */
  readonly cpu: number;
  /** Bytes of memory, at most and in the end. */
  readonly most: number;
  readonly used: number;
  /** The states of the membership, in order. */
  readonly states: readonly string[];
}
