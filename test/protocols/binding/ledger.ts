/**
 * A module whose state tells what was executed, how often and in which order. It knows of no replication; its
 * procedures take the time that `pause` takes, before they have their effect.
 */
export class Ledger {
  /** By client: what it wrote, in the order of execution. */
  written = new Map<string, number[]>();
  /** By client: what it marked; the order does not matter. */
  marked = new Map<string, Set<number>>();
  /** What was executed although it had been before. */
  twice: string[] = [];
  readonly #pause: (call: number) => Promise<void>;

  constructor(pause: (call: number) => Promise<void> = () => Promise.resolve()) {
    this.#pause = pause;
  }

  /** The same, to the byte, whatever the order in which unrelated calls were executed. */
  getState(): unknown {
    return {
      written: sorted(this.written),
      marked: new Map([...sorted(this.marked)].map(([client, set]) => [client, [...set].sort((a, b) => a - b)])),
      twice: this.twice.toSorted((a, b) => (a < b ? -1 : 1)),
    };
  }

  setState(state: unknown): void {
    const { written, marked, twice } = state as Ledger & { marked: Map<string, number[]> };
    this.written = written;
    this.marked = new Map([...marked].map(([client, numbers]) => [client, new Set(numbers)]));
    this.twice = twice;
  }

  /** Answers how many the client has written. */
  async write(client: string, number: number): Promise<number> {
    await this.#pause(number);
    const list = this.written.get(client) ?? [];
    this.written.set(client, list);
    if (list.includes(number)) this.twice.push(`${client} ${number}`);
    list.push(number);
    return list.length;
  }

  /** Answers the number. */
  async mark(client: string, number: number): Promise<number> {
    await this.#pause(number);
    const set = this.marked.get(client) ?? new Set();
    this.marked.set(client, set);
    if (set.has(number)) this.twice.push(`${client} ${number}`);
    set.add(number);
    return number;
  }

  _has(client: string, number: number): boolean {
    return this.written.get(client)?.includes(number) === true || this.marked.get(client)?.has(number) === true;
  }
}

function sorted<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
