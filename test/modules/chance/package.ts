/** A package of old, in CommonJS, that hides a clock and chance; and a new one. */
import { nanoid } from "nano";
import { ticket } from "old";

export default class Package {
  tickets: string[] = [];

  take(): string {
    this.tickets.push(ticket(), nanoid());
    return this.tickets.at(-1)!;
  }
}
