/** A module whose state tells what was executed, how often and in which order. An ordinary class: it knows of no replication. */
export class Ledger {
  /** By client: what it wrote, in the order of execution. */
  written = new Map<string, number[]>();
  /** By client: what it marked; the order does not matter. */
  marked = new Map<string, Set<number>>();
  /** What was executed although it had been before. */
  twice: string[] = [];

  /** Answers how many the client has written. */
  write(client: string, number: number): number {
    const list = this.written.get(client) ?? [];
    this.written.set(client, list);
    if (list.includes(number)) this.twice.push(`${client} ${number}`);
    list.push(number);
    return list.length;
  }

  /** Answers the number. */
  mark(client: string, number: number): number {
    const set = this.marked.get(client) ?? new Set();
    this.marked.set(client, set);
    if (set.has(number)) this.twice.push(`${client} ${number}`);
    set.add(number);
    return number;
  }

  has(client: string, number: number): boolean {
    return this.written.get(client)?.includes(number) === true || this.marked.get(client)?.has(number) === true;
  }
}
