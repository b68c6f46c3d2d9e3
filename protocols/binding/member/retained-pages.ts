/** Hands out the calls that a frozen member keeps, page by page. */
import type { RetainedCall } from "../../call/server/retained-call.ts";
import type { RetainedCallsPage } from "../change/change-data.ts";

/** Bytes of kept calls that go into one answer. */
const pageBytes = 256 * 1024;

export class RetainedPages {
  #calls: readonly RetainedCall[] = [];

  /** From that place on. Clients finish with calls while pages are fetched: all show what `now` had at the first. */
  page(from: number, now: () => readonly RetainedCall[]): Omit<RetainedCallsPage, "clients"> {
    if (from === 0) this.#calls = now();
    let bytes = 0;
    const calls: RetainedCall[] = [];
    for (const call of this.#calls.slice(from)) {
      bytes += call.call.length + call.reply.length;
      if (calls.length > 0 && bytes > pageBytes) break;
      calls.push(call);
    }
    const left = this.#calls.length - from - calls.length;
    if (left <= 0) this.#calls = [];
    return { calls, left };
  }
}
