/**
 * A bank whose answers show the order in which it was called, and clients that transfer money in it at the same time.
 */

export class Bank {
  static readonly transactions = { reads: ["balance", "total"] };
  accounts: Record<string, number> = { a: 100, b: 100, c: 100 };
  entries: string[] = [];

  transfer(from: string, to: string, amount: number, entry: string): number {
    const balance = this.balance(from);
    if (balance < amount) throw new RangeError(`${from} has ${balance}, which is less than ${amount}`);
    this.accounts[from] = balance - amount;
    this.accounts[to] = this.balance(to) + amount;
    return this.entries.push(entry);
  }

  balance(account: string): number {
    return this.accounts[account] ?? 0;
  }

  total(): number {
    return Object.values(this.accounts).reduce((sum, each) => sum + each, 0);
  }
}

export function settled<T>(promise: Promise<T>): Promise<T | Error> {
  return promise.catch((error: unknown) => error as Error);
}
