/**
 * A scenario in one file that runs on the simulator and on real sockets: deposits on a bad network, while a member
 * crashes.
 */
import type { MessageOptions } from "../../protocols/message/options.ts";
import { exponential } from "../../sim/chance/lifetimes.ts";
import type { NetworkOptions } from "../../sim/network/links.ts";
import type { Stage } from "../../sim/stage.ts";
import type { StageWorld } from "../../sim/staged-troupe.ts";

export const network: NetworkOptions = { loss: 0.1, duplication: 0.05, reordering: 0.05, delay: exponential(0.5) };
export const options: Partial<MessageOptions> = { retransmitInterval: 10, longestInterval: 40, tries: 10 };

class Bank {
  balance = 0;
  /** Answers the receipt, and not the balance: a member that began anew has another one. */
  deposit(amount: number): string {
    this.balance += amount;
    return `received ${amount}`;
  }
  print(text: string): string {
    return text.toUpperCase();
  }
}

export interface Outcome {
  readonly receipts: readonly string[];
  /** How long a text of many segments came back. */
  readonly printed: number;
  /** The balance at each member: the second began anew after 30 of 50 deposits. */
  readonly balances: readonly number[];
}

export async function play(stage: Stage<StageWorld>): Promise<Outcome> {
  const bank = stage.troupe("bank", () => new Bank(), 3, { multicast: true });
  const teller = stage.client("teller");
  const unicast = teller.import(Bank, bank.troupe);
  const multicast = teller.import(Bank, bank.troupe, { transport: "multicast" });
  return teller.thread(async () => {
    const receipts: string[] = [];
    for (let i = 1; i <= 50; i++) {
      receipts.push(await (i % 2 === 0 ? unicast : multicast).deposit(i));
      if (i === 28) bank.member(2).machine.crash();
      if (i === 30) bank.member(2).machine.restart();
    }
    const printed = await unicast.print("x".repeat(50_000));
    return { receipts, printed: printed.length, balances: bank.members.map(({ module }) => module.balance) };
  });
}
