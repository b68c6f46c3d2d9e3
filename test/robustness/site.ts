/** The true parties under attack: a troupe, a client that calls it, and the same once more with a shared key. */
import { StaticBinding } from "../../protocols/troupe/binding.ts";
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import { Program } from "../../protocols/program/program.ts";
import type { Address, Host } from "../../protocols/host.ts";
import type { MessageOptions } from "../../protocols/message/options.ts";
import { Trace } from "../../sim/trace.ts";
import { addressOf } from "../../udp/address.ts";
import { sealBytes } from "../../udp/authentication.ts";
import { UdpHost } from "../../udp/host.ts";
import type { Captures } from "./datagrams.ts";

export class Ledger {
  total = 0;
  add(amount: unknown): unknown {
    this.total += Number(amount);
    return amount;
  }
  echo(text: unknown): unknown {
    return text;
  }
  /** A long answer to a short question. */
  report(pages: unknown): string {
    return "page ".repeat(1000 * (Number(pages) % 20 || 1));
  }
}

/** A host as its program sees it, whose datagrams somebody else sees too, and can bring in again. */
export class Tapped implements Host {
  readonly host: UdpHost;
  received = 0;
  readonly #captures: Captures;
  #receive: (from: Address, datagram: Uint8Array) => void = () => {};

  constructor(host: UdpHost, captures: Captures) {
    this.host = host;
    this.#captures = captures;
  }
  get address(): Address {
    return this.host.address;
  }
  get incarnation(): number {
    return this.host.incarnation;
  }
  get random(): Host["random"] {
    return this.host.random;
  }
  get threads(): Host["threads"] {
    return this.host.threads;
  }
  get traced(): boolean {
    return this.host.traced;
  }
  now: Host["now"] = () => this.host.now();
  wall: Host["wall"] = () => this.host.wall();
  after: Host["after"] = (delay, fire, subject) => this.host.after(delay, fire, subject);
  cancel: Host["cancel"] = (timer) => this.host.cancel(timer);
  turn: Host["turn"] = (task, subject) => this.host.turn(task, subject);
  trace: Host["trace"] = (event) => this.host.trace(event);
  join: Host["join"] = (group) => this.host.join(group);
  leave: Host["leave"] = (group) => this.host.leave(group);

  send(to: Address, datagram: Uint8Array): void {
    this.#captures.add({ from: this.address, to, bytes: datagram.slice() });
    this.host.send(to, datagram);
  }

  listen(receive: (from: Address, datagram: Uint8Array) => void): void {
    this.#receive = receive;
    this.host.listen((from, datagram) => {
      this.received++;
      receive(from, datagram);
    });
  }

  /** Brings a captured datagram in again, as a duplicate that the network made. */
  duplicate(from: Address, datagram: Uint8Array): void {
    this.host.after(0, () => this.#receive(from, datagram), undefined);
  }
}

/** Small, so that an attack reaches them. */
export const options: Partial<MessageOptions> = {
  datagramBytes: 1472 - sealBytes,
  retransmitInterval: 50,
  longestInterval: 400,
  tries: 6,
  datagramLifetime: 2000,
  callsPerPeer: 2000,
  partialBytesPerPeer: 2 ** 20,
  returnBytesPerPeer: 2 ** 20,
  peers: 64,
  calls: 20_000,
  bytes: 16 * 2 ** 20,
};

let groups = process.pid;

/** Two members and a client, that calls without pause and checks what it is answered. */
export class Site {
  readonly troupe: Troupe;
  readonly servers: readonly Tapped[];
  readonly client: Tapped;
  readonly programs: readonly Program[];
  readonly failures: string[] = [];
  calls = 0;
  /** Executions of the client's own calls, at each member. */
  readonly executed = new Map<string, number>();
  slowest = 0;
  #going = true;

  constructor(name: string, captures: Captures, key?: string) {
    const trace = new Trace();
    trace.listen(({ machine, event }) => {
      if (event.type !== "execute") return;
      const execution = `${machine}: call ${event.path} of thread ${event.thread}`;
      const count = (this.executed.get(execution) ?? 0) + 1;
      this.executed.set(execution, count);
      if (count > 1) this.failures.push(`${execution} (${event.procedure}) was executed ${count} times`);
    });
    const start = (place: string): Tapped => {
      const host = new UdpHost({ seed: place, name: `${name} ${place}`, trace, ...(key === undefined ? {} : { key }) });
      return new Tapped(host, captures);
    };
    this.servers = ["member 1", "member 2"].map(start);
    this.client = start("client");
    const binding = new StaticBinding();
    this.troupe = binding.add({
      id: 1,
      name,
      module: 1,
      members: this.servers.map(({ address }) => ({ address })),
      group: addressOf(`239.254.${++groups & 255}.${(groups >> 8) & 255}`, 42_000),
    });
    const { troupe } = this;
    const serving = this.servers.map((host) => {
      const program = new Program(host, binding, options);
      program.export(new Ledger(), { troupe });
      return program;
    });
    const calling = new Program(this.client, binding, options);
    this.programs = [...serving, calling];
    void calling.thread(() => this.#call(calling));
  }

  async #call(program: Program): Promise<void> {
    const unicast = program.import(Ledger, this.troupe);
    const multicast = program.import(Ledger, this.troupe, { transport: "multicast" });
    while (this.#going) {
      const began = performance.now();
      const number = ++this.calls;
      const text = `call ${number}`.repeat(number % 20 === 0 ? 3000 : 1);
      try {
        const answer = await (number % 3 === 0 ? multicast : unicast).echo(text);
        if (answer !== text) this.failures.push(`call ${number} was answered wrongly`);
      } catch (error) {
        this.failures.push(`call ${number} failed: ${String(error)}`);
      }
      this.slowest = Math.max(this.slowest, performance.now() - began);
      await program.sleep(2);
    }
  }

  get hosts(): readonly Tapped[] {
    return [...this.servers, this.client];
  }

  /** Lets the client end its call. */
  stop(): void {
    this.#going = false;
  }

  close(): void {
    for (const { host } of this.hosts) host.close();
  }
}
