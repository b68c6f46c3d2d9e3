/** The catalogue of mutants: each rule of the protocols that is worth a mutant, and how it is broken. */
import { bindingMutants } from "./binding.ts";
import { callMutants } from "./calls.ts";
import { changingMutants } from "./changing.ts";
import { messageMutants } from "./messages.ts";
import type { Mutant } from "./mutant.ts";
import { transactionMutants } from "./transactions.ts";

export const mutants: readonly Mutant[] = [
  ...messageMutants,
  ...callMutants,
  ...bindingMutants,
  ...changingMutants,
  ...transactionMutants,
];
