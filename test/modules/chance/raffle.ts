/** Chance by Math.random. */
export default class Raffle {
  tickets: string[] = [];
  winner = "";

  buy(name: string): number {
    return this.tickets.push(name);
  }

  draw(): string {
    this.winner = this.tickets[Math.floor(Math.random() * this.tickets.length)] ?? "";
    return this.winner;
  }
}
