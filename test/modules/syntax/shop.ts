/** What is more than types to strip away, and imports as bundlers and TypeScript take them. */
import { Currency, type Price, Product } from "./lib/product.js";
import { tax } from "./lib/tax";
import settings from "./lib";

const enum Step {
  Small = 1,
  Large = Small << 3,
}

namespace Names {
  export const shop = "shop";
}

function counted(method: (this: Shop, ...args: never[]) => unknown, { name }: ClassMethodDecoratorContext) {
  return function (this: Shop, ...args: never[]): unknown {
    this.calls[String(name)] = (this.calls[String(name)] ?? 0) + 1;
    return method.call(this, ...args);
  };
}

export default class Shop {
  calls: Record<string, number> = {};
  declare note?: string;

  constructor(
    private readonly products: Product[] = [],
    protected step: Step = Step.Large,
    public readonly name = Names.shop,
  ) {}

  @counted
  add(name: string, amount: number): string {
    const price: Price = { amount: tax(amount), currency: Currency.Ecu };
    this.products.push(new Product(name, price));
    return `${this.products.at(-1)!.show()} ${this.step} ${settings.country}`;
  }

  count(): number {
    return <number>this.products.length;
  }
}
