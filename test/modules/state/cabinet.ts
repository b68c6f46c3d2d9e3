/** All other classes in the fields of one module: they are called, moved and shown together. */
import * as common from "./common.ts";
import * as fields from "./fields.ts";
import * as instances from "./instances.ts";
import { Mixed } from "./mixins.mjs";
import * as hidden from "./private.ts";

interface Item {
  change(k: number): unknown;
  look(): unknown;
}

/** Their own `getState` and `setState` count for modules only. */
const { NamedState: _named, SymbolState: _symbol, ...carried } = hidden;

export class Cabinet {
  static readonly outside = common.DeclaredCache.outside;
  readonly items = new Map<string, Item>();
  constructor() {
    const { Arguments, ...plain } = instances;
    for (const [name, type] of Object.entries({ ...fields, ...plain, ...carried, ...common, Mixed }))
      this.items.set(name, new (type as new () => Item)());
    this.items.set("Arguments", new Arguments({ low: 10 }, "a", "b"));
  }
  change(k: number): void {
    for (const item of this.items.values()) item.change(k);
  }
  look(): Record<string, unknown> {
    return Object.fromEntries([...this.items].map(([name, item]) => [name, item.look()]));
  }
}
