/** Waits until a module executes nothing. */
import type { Process } from "../../call/process.ts";
import type { Export } from "../../call/server/export.ts";
import type { Milliseconds } from "../../host.ts";

/** Resolves when the module executes nothing, or after `longest` ms. */
export function quietWithin({ host, runtime }: Process, exported: Export, longest: Milliseconds): Promise<void> {
  if (exported.isIdle) return Promise.resolve();
  const context = runtime.context();
  runtime.suspend(context);
  return new Promise((resolve) => {
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      host.cancel(timer);
      runtime.wake(context, resolve);
    };
    const timer = host.after(longest, end, undefined);
    exported.whenIdle(end);
  });
}
