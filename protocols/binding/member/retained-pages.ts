/** Divides the retained calls of a frozen member into pages that each fit into one RETURN. */
import type { RetainedCall } from "../../call/server/retained-call.ts";
import type { RetainedCallsPage } from "../change/change-data.ts";

/** Retained bytes in one page. A page holds at least one call, whatever its length. */
const pageBytes = 256 * 1024;

export class RetainedPages {
  #calls: readonly RetainedCall[] = [];

  /**
   * The page that begins at place `from`. `now` is read only for the first page: later pages are cut from the same
   * list, though clients may finish with calls meanwhile.
   */
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
