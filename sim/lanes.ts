/**
 * Finds the delays that recur, cheaply and in bounded memory.
 *
 * Retransmission intervals and link latencies are few and constant; think times and jitter are drawn and never come
 * twice. A small table, addressed by the delay's bits, counts how often the delay in each place came; the count falls
 * when another delay wants the place, so that drawn delays push one another out.
 */
const places = 64;
/** A delay that came this often gets a lane. */
const recurring = 8;

export class DelayTable {
  private readonly delays = new Float64Array(places).fill(NaN);
  private readonly counts = new Int32Array(places);
  private readonly number = new Float64Array(1);
  private readonly bits = new Int32Array(this.number.buffer);

  static readonly places = places;

  /** Place of the delay in the table if it recurs, else -1. `busy` tells of places whose lane may not change its delay. */
  find(delay: number, busy: Int32Array): number {
    this.number[0] = delay;
    const place = Math.imul(this.bits[0]! ^ this.bits[1]!, 0x9e3779b1) >>> 26;
    if (this.delays[place] === delay) {
      const count = this.counts[place]!;
      if (count < 2 * recurring) this.counts[place] = count + 1;
      return count >= recurring ? place : -1;
    }
    if (busy[place] === 0 && --this.counts[place]! <= 0) {
      this.delays[place] = delay;
      this.counts[place] = 1;
    }
    return -1;
  }
}
