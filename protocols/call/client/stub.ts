/** Client stubs, made at run time from an interface or from the class of the module. Source: dissertation, stubs. */
import { CallError } from "../../errors.ts";
import type { Milliseconds } from "../../host.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { unanimous, type Collator } from "../collator.ts";
import { interfaceOf, type ModuleType } from "../interface.ts";
import type { Method } from "../module.ts";
import type { Process } from "../process.ts";
import { Callee, nextCall } from "./callee.ts";
import { CollatedCall } from "./collated-call.ts";
import { ExplicitCall, type Reply } from "./explicit-call.ts";

/** A programmer's own collator of results: a function of the generator of replies. It may stop early. */
export type ResultCollator = (replies: AsyncIterableIterator<Reply<unknown>>) => Promise<unknown>;

/** How a client calls a troupe: what decides a call, how it is sent, and how long it may take. */
export interface ImportOptions {
  /** The collator of results. Default: the collator that the interface names for each procedure, else `unanimous`. */
  readonly collator?: Collator | ResultCollator;
  /** "multicast": one send to the troupe's multicast group, instead of one send to each member. */
  readonly transport?: "unicast" | "multicast";
  /**
   * After how many ms a call, or the wait for its replies, fails with CallError "timed-out", which leaves its effect
   * unknown. Default: never.
   */
  readonly timeout?: Milliseconds;
  /** Whether the stub calls only the given membership. The program itself handles a stale binding and a crash. */
  readonly fixed?: boolean;
}

type RemoteProcedure<M extends Method> = ((...args: Parameters<M>) => Promise<Awaited<ReturnType<M>>>) & {
  /** Explicit replication: the generator of results, one for each member, in the order of arrival. */
  replies(...args: Parameters<M>): AsyncIterableIterator<Reply<Awaited<ReturnType<M>>>>;
};

/** What a module of type T looks like to a client: the same methods, each a replicated call. */
export type Stub<T> = {
  readonly [K in keyof T as T[K] extends Method ? K : never]: T[K] extends Method ? RemoteProcedure<T[K]> : never;
};

/**
 * What settles the promise that was made last. A function of its own for each promise would cost as much as a promise.
 */
const settling = {
  resolve: (_value: unknown): void => undefined,
  reject: (_error: Error): void => undefined,
  keep(this: void, resolve: (value: unknown) => void, reject: (error: Error) => void): void {
    settling.resolve = resolve;
    settling.reject = reject;
  },
};

/** A stub of a module of class `T`: each method makes a replicated call of the troupe. */
export function makeStub<T extends object>(
  process: Process,
  type: ModuleType<T>,
  troupe: Troupe,
  options: ImportOptions,
): Stub<T> {
  const rebinds = options.fixed !== true && process.binding.rebind !== undefined;
  const callee = new Callee(troupe, rebinds);
  const multicast = options.transport === "multicast";
  if (multicast && troupe.group === undefined) {
    throw new TypeError(`troupe "${troupe.name}" has no multicast group; use unicast`);
  }
  const { timeout } = options;

  const stub: Record<string, unknown> = {};
  for (const form of interfaceOf(type).procedures) {
    const { name } = form;
    const collator = options.collator ?? form.collator ?? unanimous;
    /** The generator of results. */
    const replies = (...args: unknown[]): AsyncIterableIterator<Reply<unknown>> => {
      const context = process.runtime.context();
      if (context.aborted) throw new CallError("thread-aborted", `${troupe.name}.${name}`);
      const message = nextCall(process, context, callee.bound.troupe, form, args);
      const call = new ExplicitCall<unknown>(process, context, callee, form);
      if (callee.bound.addresses.length === 0) return call.replies;
      call.make(message, multicast);
      if (timeout !== undefined) call.limit(timeout);
      return call.replies;
    };
    const collated = (args: readonly unknown[], by: Collator): Promise<unknown> => {
      const promise = new Promise(settling.keep);
      const { resolve, reject } = settling;
      try {
        const context = process.runtime.context();
        if (callee.bound.addresses.length === 0) throw new CallError("troupe-unavailable", `${troupe.name}.${name}`);
        if (context.aborted) throw new CallError("thread-aborted", `${troupe.name}.${name}`);
        const message = nextCall(process, context, callee.bound.troupe, form, args);
        const call = new CollatedCall(process, context, callee, form, by, resolve, reject);
        call.make(message, multicast);
        if (timeout !== undefined) call.limit(timeout);
      } catch (error) {
        reject(error as Error);
      }
      return promise;
    };
    const procedure =
      typeof collator === "function"
        ? async (...args: unknown[]) => collator(replies(...args))
        : (...args: unknown[]) => collated(args, collator);
    stub[name] = Object.assign(procedure, { replies });
  }
  return stub as Stub<T>;
}
