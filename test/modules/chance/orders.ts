/** Names by crypto.randomUUID, imported. */
import { randomUUID } from "node:crypto";

export default class Orders {
  orders = new Map<string, number>();

  place(amount: number): string {
    const id = randomUUID();
    this.orders.set(id, amount);
    return id;
  }
}
