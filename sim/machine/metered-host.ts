/** A host that counts the bytes of the datagrams that its process sends and receives. */
import type { Address, Host, Milliseconds, Random, Timer } from "../../protocols/host.ts";
import type { TraceEvent } from "../../protocols/trace.ts";

export class MeteredHost implements Host {
  readonly address: Address;
  readonly incarnation: number;
  readonly random: Random;
  readonly threads: Random;
  readonly #host: Host;
  readonly #count: (bytes: number) => void;

  constructor(host: Host, count: (bytes: number) => void) {
    this.#host = host;
    this.#count = count;
    this.address = host.address;
    this.incarnation = host.incarnation;
    this.random = host.random;
    this.threads = host.threads;
  }

  now(): Milliseconds {
    return this.#host.now();
  }

  wall(): Milliseconds {
    return this.#host.wall();
  }

  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    return this.#host.after(delay, fire, subject);
  }

  cancel(timer: Timer): void {
    this.#host.cancel(timer);
  }

  send(to: Address, datagram: Uint8Array): void {
    this.#count(datagram.length);
    this.#host.send(to, datagram);
  }

  listen(receive: (from: Address, datagram: Uint8Array) => void): void {
    this.#host.listen((from, datagram) => {
      this.#count(datagram.length);
      receive(from, datagram);
    });
  }

  join(group: Address): void {
    this.#host.join(group);
  }

  leave(group: Address): void {
    this.#host.leave(group);
  }

  turn<S>(task: (subject: S) => boolean, subject: S): void {
    this.#host.turn(task, subject);
  }

  get traced(): boolean {
    return this.#host.traced;
  }

  trace(event: TraceEvent): void {
    this.#host.trace(event);
  }
}
