/**
 * What a module may do beside computing: call other troupes. The module is an ordinary class that holds no program:
 *
 *     import { bind } from "troupe/module";
 *
 *     export default class Teller {
 *       async pay(from: string, to: string, amount: number): Promise<number> {
 *         const bank = await bind(Bank, "bank");
 *         return bank.transfer(from, to, amount);
 *       }
 *     }
 *
 * Each call is executed exactly once at every member of the called troupe, although every member of the module's own
 * troupe makes it. Source: dissertation, replicated procedure call (nested calls).
 */
import type { ImportOptions, Stub } from "../call/client/stub.ts";
import type { ModuleType } from "../call/interface.ts";
import { runningProgram } from "./program.ts";

/**
 * A stub of the troupe of that name, for the procedure that runs.
 *
 * @throws CallError "unknown-troupe", and every error of the binding agent; Error outside of a procedure
 */
export async function bind<T extends object>(
  type: ModuleType<T>,
  name: string,
  options: ImportOptions = {},
): Promise<Stub<T>> {
  return runningProgram().bind(type, name, options);
}

/**
 * Runs branches of the procedure concurrently, each of which may make several calls in sequence (Program.parallel).
 *
 * @typeParam B the branches, each a function
 */
export function parallel<const B extends readonly (() => unknown)[]>(
  branches: B,
): Promise<{ -readonly [I in keyof B]: Awaited<ReturnType<B[I]>> }> {
  return runningProgram().parallel(branches);
}
