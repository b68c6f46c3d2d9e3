/** An ordinary class. Nothing in it knows of replication; its fields are its state, and its methods are its procedures. */
export default class Bank {
  /** For `--ordering commit`: which methods change nothing, and whose accounts a call touches. It would do without. */
  static readonly transactions = {
    reads: ["balance"],
    objects: {
      deposit: (account: string) => [account],
      withdraw: (account: string) => [account],
      transfer: (from: string, to: string) => [from, to],
      balance: (account: string) => [account],
    },
  };

  accounts: Record<string, number> = {};

  /** Answers the new balance. */
  deposit(account: string, amount: number): number {
    if (!(amount > 0)) throw new RangeError(`a deposit of ${amount}; expected more than 0`);
    return (this.accounts[account] = this.balance(account) + amount);
  }

  withdraw(account: string, amount: number): number {
    const balance = this.balance(account);
    if (!(amount > 0 && amount <= balance)) throw new RangeError(`${account} has ${balance}, which is not ${amount}`);
    return (this.accounts[account] = balance - amount);
  }

  /** Answers the new balance of `from`. */
  transfer(from: string, to: string, amount: number): number {
    const left = this.withdraw(from, amount);
    this.deposit(to, amount);
    return left;
  }

  balance(account: string): number {
    return this.accounts[account] ?? 0;
  }
}
