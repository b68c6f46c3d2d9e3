/** Chooses the protocol that makes the order of a module's calls equal at all members. The choice is configuration. */
import { externalizeState, isWhole } from "../call/module-state.ts";
import type { Export, ExportOptions } from "../call/server/export.ts";
import { orderingNames, type Ordering } from "../call/server/ordering.ts";
import type { Process } from "../call/process.ts";
import type { Marks } from "./marks.ts";
import { transactionOptions } from "./options.ts";
import { OrderedBroadcast } from "./ordered-broadcast.ts";
import { TroupeCommit } from "./troupe-commit.ts";

/**
 * The ordering of a module; undefined for `none`.
 * @throws RangeError for an unknown name, or a constant outside its range
 * @throws TypeError for a mark of a method that does not exist, for a state that cannot be undone, and for a procedure
 *   that takes the generator of CALLs
 */
export function orderingOf(process: Process, exported: Export, options: ExportOptions<object>): Ordering | undefined {
  const { ordering = "none", transactions = {} } = options;
  if (!orderingNames.includes(ordering)) {
    throw new RangeError(`ordering "${String(ordering)}"; expected one of ${orderingNames.join(", ")}`);
  }
  if (ordering === "none") return undefined;
  const { module, procedures } = exported;
  const explicit = procedures.find((procedure) => procedure?.takesGenerator);
  if (explicit !== undefined) {
    throw new TypeError(
      `${module.constructor.name}.${explicit.name} takes the generator of CALLs, and can have no ordering`,
    );
  }
  const constants = transactionOptions(transactions);
  if (ordering === "broadcast") return new OrderedBroadcast(process, exported, constants);
  externalizeState(module);
  const { name, transactions: marks } = module.constructor as { name: string; transactions?: Marks };
  if (marks?.objects !== undefined && isWhole(module)) {
    throw new TypeError(
      `class ${name} has getState or private fields, so that its state is undone as a whole: it cannot mark objects`,
    );
  }
  return new TroupeCommit(process, exported, constants);
}
