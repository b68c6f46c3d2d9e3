/**
 * The queue of ordered broadcast, at one member: in which order its messages are delivered.
 *
 * Source: dissertation, chapter 5. A message is *tentative* at the time that this member has proposed for it, which is later than
 * all that it has seen, until it is *accepted* at the latest of the times that all members have proposed. It is delivered when it
 * is accepted and no message has an earlier time; of equal times the smaller ID comes first. No message can be accepted before
 * one that was delivered: its proposal here, and so its time, is later. So all members deliver in one order.
 */
export interface Message {
  /** Names the message alike at all members. */
  readonly id: string;
}

interface Place<M extends Message> {
  readonly message: M;
  time: number;
  accepted: boolean;
}

export class DeliveryQueue<M extends Message> {
  /** In the order of times and IDs. */
  readonly #places: Place<M>[] = [];
  readonly #byId = new Map<string, Place<M>>();
  #latest: number;

  /** Times after `latest`. */
  constructor(latest = 0) {
    this.#latest = latest;
  }

  get size(): number {
    return this.#places.length;
  }

  /** The latest time seen. */
  get latest(): number {
    return this.#latest;
  }

  /** Proposes only later times from now on. */
  advance(time: number): void {
    this.#latest = Math.max(this.#latest, time);
  }

  /** get_proposed_time: queues the message as tentative. One that is queued already keeps its time. */
  propose(message: M): number {
    const known = this.#byId.get(message.id);
    if (known !== undefined) return known.time;
    const place: Place<M> = { message, time: ++this.#latest, accepted: false };
    this.#byId.set(message.id, place);
    this.#insert(place);
    return place.time;
  }

  /** accept_time: false if it is not queued, or was accepted before. */
  accept(id: string, time: number): boolean {
    const place = this.#byId.get(id);
    if (place === undefined || place.accepted) return false;
    if (time < place.time) throw new RangeError(`message accepted at ${time}, before its proposal of ${place.time}`);
    if (time !== place.time) {
      this.#places.splice(this.#find(place), 1);
      place.time = time;
      this.#insert(place);
    }
    place.accepted = true;
    this.#latest = Math.max(this.#latest, time);
    return true;
  }

  /** The message will never be accepted: it holds up nobody any more. */
  drop(id: string): boolean {
    const place = this.#byId.get(id);
    if (place === undefined) return false;
    this.#byId.delete(id);
    this.#places.splice(this.#find(place), 1);
    return true;
  }

  /** Takes the next message that may be delivered, with its time; undefined if there is none. */
  next(): { readonly message: M; readonly time: number } | undefined {
    const first = this.#places[0];
    if (first?.accepted !== true) return undefined;
    this.#places.shift();
    this.#byId.delete(first.message.id);
    return first;
  }

  /** All that is queued, in order. */
  get messages(): M[] {
    return this.#places.map(({ message }) => message);
  }

  #insert(place: Place<M>): void {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#places[middle]!, place)) low = middle + 1;
      else high = middle;
    }
    this.#places.splice(low, 0, place);
  }

  #find(place: Place<M>): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#places[middle]!, place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore<M extends Message>(a: Place<M>, b: Place<M>): boolean {
  return a.time < b.time || (a.time === b.time && a.message.id < b.message.id);
}
