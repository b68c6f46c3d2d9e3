/**
 * The queue of ordered broadcast, at one member: the order in which messages are delivered.
 *
 * Source: dissertation, chapter 5. A message is *tentative* at first. Its time is then the proposal of this member,
 * which is later than all times that the member has seen. A message becomes *accepted* at the latest of the proposals
 * of all members. It is delivered when it is accepted and no message in the queue has an earlier time. Of equal times,
 * the smaller ID comes first.
 *
 * Invariant: no message is accepted at a time before a delivered message, since its proposal here is later. Therefore
 * all members deliver in one order.
 */
export interface Message {
  /** The name of the message, equal at all members. */
  readonly id: string;
}

interface Place<M extends Message> {
  readonly message: M;
  time: number;
  accepted: boolean;
}

export class DeliveryQueue<M extends Message> {
  /** Sorted by time, then by ID. */
  readonly #places: Place<M>[] = [];
  readonly #byId = new Map<string, Place<M>>();
  #latest: number;

  /** The first proposal is later than `latest`. */
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

  /** From now on, proposals are later than `time`. */
  advance(time: number): void {
    this.#latest = Math.max(this.#latest, time);
  }

  /** get_proposed_time: queues the message as tentative. A message that is queued already keeps its time. */
  propose(message: M): number {
    const known = this.#byId.get(message.id);
    if (known !== undefined) return known.time;
    const place: Place<M> = { message, time: ++this.#latest, accepted: false };
    this.#byId.set(message.id, place);
    this.#insert(place);
    return place.time;
  }

  /** accept_time: answers false if the message is not queued, or was accepted before. */
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

  /** Removes a message that will never be accepted, so that later messages need not wait for it. */
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

  /** The queued messages, in order. */
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
