export interface Price {
  amount: number;
  currency: Currency;
}

export enum Currency {
  Ecu = "ECU",
  Pound = "GBP",
}

export class Product {
  constructor(
    readonly name: string,
    readonly price: Price,
  ) {}

  show(): string {
    return `${this.name} ${this.price.amount} ${this.price.currency}`;
  }
}
