/**
 * Root hooks of mocha: a rejected promise that nobody waits for, or an error that is thrown when the last test is over,
 * fails the run.
 *
 * mocha 12 by itself passes over such a rejection in every mode, and with --parallel over such an error too. The hooks
 * run in each worker, for each file, and what they throw is reported like the failure of any hook.
 */
import { inspect } from "node:util";

/** By promise or error: mocha hands each rejection to its listeners once more. */
const leaks = new Map<unknown, string>();

function hearRejection(reason: unknown, promise: unknown): void {
  leaks.set(promise, `a rejected promise that nobody waits for: ${inspect(reason)}`);
}

function hearError(error: unknown): void {
  leaks.set(error, `an error that nobody catches: ${inspect(error)}`);
}

/** @throws Error if something has leaked since it was last asked */
function complain(): void {
  const found = [...leaks.values()];
  leaks.clear();
  if (found.length > 0) throw new Error(found.join("\n"));
}

/** In ms; long enough for what a test leaves to be done at once. */
const grace = 20;

/**
 * Runs in mocha's own process, before all: the run has failed unless mocha says otherwise at its end, which it never
 * reaches if a worker ends early.
 */
export function mochaGlobalSetup(): void {
  process.exitCode = 1;
}

export const mochaHooks = {
  beforeAll(): void {
    // After each file, a worker of mocha removes all listeners.
    process.off("unhandledRejection", hearRejection).on("unhandledRejection", hearRejection);
  },
  afterEach: complain,
  async afterAll(): Promise<void> {
    // mocha would end this hook for such an error, and its worker when this hook ends once more.
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException").on("uncaughtException", hearError);
    await new Promise((resolve) => setTimeout(resolve, grace));
    process.off("uncaughtException", hearError);
    for (const listener of others) process.on("uncaughtException", listener);
    complain();
  },
};
