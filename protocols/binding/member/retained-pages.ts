/** Hands out the calls that a frozen member keeps, page by page. */
import type { KeptCall } from "../../call/server/retained-call.ts";
import type { KeptPage } from "../change/change-data.ts";

/** Bytes of kept calls that go into one answer. */
const pageBytes = 256 * 1024;

export class KeptPages {
  #calls: readonly KeptCall[] = [];

  /** From that place on. Clients finish with calls while pages are fetched: all show what `now` had at the first. */
  page(from: number, now: () => readonly KeptCall[]): Omit<KeptPage, "clients"> {
    if (from === 0) this.#calls = now();
    let bytes = 0;
    const calls: KeptCall[] = [];
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
