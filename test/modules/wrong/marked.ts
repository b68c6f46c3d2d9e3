/**
 * What `troupe check` must find with `--ordering commit` alone: marks that are wrong, and a state that they keep from
 * being undone.
 */
class Names extends Set<string> {}

export class Reads {
  static readonly transactions = { reads: ["look"] };
  looks = 0;

  look(): number {
    return ++this.looks;
  }

  reset(): void {
    this.looks = 0;
  }
}

export class Objects {
  static readonly transactions = { objects: { add: (name: string): string[] => [name] } };
  names = new Names();

  add(name: string): number {
    return this.names.add(name).size;
  }

  count(): number {
    return 1;
  }
}
