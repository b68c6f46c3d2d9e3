/** The constants of transactions. */
import type { TransactionOptions } from "../call/server/ordering.ts";

export const defaultTransactionOptions: TransactionOptions = { deadlockTimeout: 200, backOff: 10, queue: 10_000 };

/** @throws RangeError for a value outside its range */
export function transactionOptions(given: Partial<TransactionOptions>): TransactionOptions {
  const options = { ...defaultTransactionOptions, ...given };
  for (const [name, value] of Object.entries(options) as [string, number][]) {
    if (!(value > 0)) throw new RangeError(`${name} is ${value}; expected more than 0`);
  }
  return options;
}
