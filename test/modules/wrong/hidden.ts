/** A class whose private methods answer what could not travel. Nobody calls them. */
class Item {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

abstract class Base {
  protected items: Item[] = [];

  protected *each(): Generator<Item> {
    yield* this.items;
  }
}

export class Hidden extends Base {
  private find(name: string): Item | undefined {
    return this.items.find((each) => each.name === name);
  }

  add(name: string): void {
    if (this.find(name) === undefined) this.items.push(new Item(name));
  }

  names(): string[] {
    return [...this.each()].map(({ name }) => name);
  }
}
