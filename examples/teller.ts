/** A module that calls another troupe: accounts are the bank's, and the teller counts what was paid. */
import { bind } from "troupe/module";
import Bank from "./bank.ts";

export default class Teller {
  paid = 0;

  /** Pays from one account to another, and answers what is left. The amount must be there. */
  async pay(from: string, to: string, amount: number): Promise<number> {
    const bank = await bind(Bank, "bank");
    const left = await bank.transfer(from, to, amount);
    this.paid += amount;
    return left;
  }
}
