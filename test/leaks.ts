/**
 * Root hooks of mocha: a rejected promise that nobody waits for, or an error that is thrown when the last test is over, fails the run.
 *
 * mocha 12 by itself passes over such a rejection in every mode, and with --parallel over such an error too. The hooks run in
 * each worker, and what they throw is reported like the failure of any hook; so is an error that is thrown while they wait.
 */
import { inspect } from "node:util";

/** By promise: mocha hands each rejection to its listeners once more. */
const leaks = new Map<unknown, string>();

process.on("unhandledRejection", (reason, promise) => {
  leaks.set(promise, `a rejected promise that nobody waits for: ${inspect(reason)}`);
});

/** @throws Error if something has leaked since it was last asked */
function complain(): void {
  const found = [...leaks.values()];
  leaks.clear();
  if (found.length > 0) throw new Error(found.join("\n"));
}

/** In ms; long enough for what a test leaves to be done at once. */
const grace = 20;

export const mochaHooks = {
  afterEach: complain,
  async afterAll(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, grace));
    complain();
  },
};
