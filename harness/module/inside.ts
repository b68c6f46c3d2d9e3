/**
 * Clock and chance of users' files: a thread's own within a thread, fixed while files are loaded, the system's outside
 * of both.
 */
import { runningRuntime } from "../../protocols/thread/runtime.ts";
import { Stream } from "../../sim/chance/random.ts";

/** The chance of a module that is being loaded. */
let loading: Stream | undefined = undefined;
/** The modules that are being loaded. */
let loads = 0;

/** Loads a module, whose files may ask for clock and chance before there is a thread. */
export async function whileLoading<R>(load: () => Promise<R>): Promise<R> {
  loading = new Stream("loading");
  loads++;
  try {
    return await load();
  } finally {
    if (--loads === 0) loading = undefined;
  }
}

export function isLoading(): boolean {
  return loading !== undefined;
}

/** Reads of the clock that one piece of code may make while the clock stands still. */
const mostReads = 10_000_000;
let reads = 0;
let lastRead = 0;

/** The thread's clock in ms since 1970; undefined outside of every thread. */
export function threadNow(): number | undefined {
  const now = runningRuntime()?.now() ?? (loading === undefined ? undefined : 0);
  if (now === undefined || now !== lastRead) {
    reads = 0;
    lastRead = now ?? -1;
  } else if (++reads > mostReads) {
    const sentence = "it reads the clock again and again, which stands still until it waits: wait with setTimeout";
    throw Object.assign(new Error(sentence), { name: "Unfinished" });
  }
  return now;
}

/** The time of day in whole ms. */
export function dateNow(): number {
  const now = threadNow();
  return now === undefined ? Date.now() : Math.floor(now);
}

/** A number uniform on [0, 1). */
export function random(): number {
  const runtime = runningRuntime();
  if (runtime !== undefined) return runtime.random();
  return loading === undefined ? Math.random() : loading.next();
}

/** Whether clock and chance are a thread's own, and not the system's. */
export function isOwn(): boolean {
  return runningRuntime() !== undefined || loading !== undefined;
}

/** Whether the code of a procedure runs, in the name of its troupe. */
export function isProcedure(): boolean {
  return (runningRuntime()?.context().troupe ?? 0) !== 0;
}

/** Whether a module's own code runs: a procedure, or what is done while it is loaded. */
export function isInside(): boolean {
  return isLoading() || isProcedure();
}
