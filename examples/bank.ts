/** An ordinary class. Nothing in it knows of replication; its fields are its state, and its methods are its procedures. */
export default class Bank {
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

  balance(account: string): number {
    return this.accounts[account] ?? 0;
  }
}
