/** Hostile datagrams, seeded: random bytes, headers with odd fields, captured datagrams replayed and mutated. */
import type { Address } from "../../protocols/host.ts";
import { Writer } from "../../protocols/wire/bytes.ts";
import { headerBytes, writeHeader } from "../../protocols/wire/segment.ts";
import { externalizeList } from "../../protocols/wire/value.ts";
import type { Stream } from "../../sim/chance/random.ts";

export interface Captured {
  readonly from: Address;
  readonly to: Address;
  readonly bytes: Uint8Array;
}

/** What somebody on the way has seen: the latest datagrams of the true parties. */
export class Captures {
  readonly #kept: Captured[] = [];
  #next = 0;

  add(captured: Captured): void {
    this.#kept[this.#next] = captured;
    this.#next = (this.#next + 1) % 2000;
  }

  get size(): number {
    return this.#kept.length;
  }

  pick(random: Stream): Captured {
    return this.#kept[Math.floor(random.next() * this.#kept.length)]!;
  }
}

export type Kind = "random" | "version" | "header" | "mutated" | "replayed" | "totals" | "call";

/** Shares of the kinds of datagrams. */
const shares: readonly (readonly [Kind, number])[] = [
  ["random", 0.1],
  ["version", 0.1],
  ["header", 0.25],
  ["mutated", 0.3],
  ["replayed", 0.1],
  ["totals", 0.1],
  ["call", 0.05],
];

const writer = new Writer();

export class Fuzzer {
  readonly made: Record<Kind, number> = {
    random: 0,
    version: 0,
    header: 0,
    mutated: 0,
    replayed: 0,
    totals: 0,
    call: 0,
  };
  readonly #random: Stream;
  readonly #captures: Captures;

  constructor(random: Stream, captures: Captures) {
    this.#random = random;
    this.#captures = captures;
  }

  /** A datagram for an attacker at this address to send. */
  datagram(from: Address): Uint8Array {
    let share = this.#random.next();
    let kind: Kind = "random";
    for (const [name, part] of shares) {
      kind = name;
      if ((share -= part) < 0) break;
    }
    this.made[kind]++;
    switch (kind) {
      case "random":
        return this.#noise(this.#below(1500));
      case "version":
        return this.#withVersion(this.#noise(this.#below(200)));
      case "header":
        return this.#odd();
      case "mutated":
        return this.#mutated();
      case "replayed":
        return this.#captures.pick(this.#random).bytes;
      case "totals":
        return this.#enormous();
      case "call":
        return this.#call(from);
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  #noise(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.#below(256);
    return bytes;
  }

  /** A number of a header: small, at an edge, or any. */
  #word(): number {
    const edges = [0, 1, 2, 7, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1];
    const choice = this.#below(3);
    return choice === 0 ? edges[this.#below(edges.length)]! : choice === 1 ? this.#below(1000) : this.#below(2 ** 32);
  }

  #withVersion(bytes: Uint8Array): Uint8Array {
    const [example] = this.#captures.pick(this.#random).bytes;
    if (bytes.length > 0) bytes[0] = (example! & 0xf8) | (bytes[0]! & 7);
    return bytes;
  }

  #odd(): Uint8Array {
    const total = this.#below(3) === 0 ? this.#below(4096) : this.#below(4);
    const bytes = this.#noise(headerBytes + (this.#below(4) === 0 ? 0 : this.#below(100)));
    const segment = this.#below(4) === 0 ? this.#below(4096) : this.#below(total + 1);
    writeHeader(bytes, this.#below(8), total, segment, this.#word(), this.#word(), this.#word(), this.#word());
    return this.#withVersion(bytes);
  }

  #mutated(): Uint8Array {
    let bytes = this.#captures.pick(this.#random).bytes.slice();
    switch (this.#below(4)) {
      case 0:
        return bytes.subarray(0, this.#below(bytes.length));
      case 1: {
        const other = this.#captures.pick(this.#random).bytes;
        const joined = new Uint8Array(bytes.length + other.length);
        joined.set(bytes.subarray(0, this.#below(bytes.length)));
        joined.set(other, bytes.length);
        bytes = joined.subarray(0, Math.min(joined.length, 1472));
        break;
      }
    }
    const changes = 1 + this.#below(8);
    // Most of what matters is near the beginning.
    const reach = this.#below(2) === 0 ? Math.min(bytes.length, 48) : bytes.length;
    for (let i = 0; i < changes && reach > 1; i++) bytes[1 + this.#below(reach - 1)] = this.#below(256);
    return bytes;
  }

  /** One of very many segments of one of very many messages. */
  #enormous(): Uint8Array {
    const bytes = new Uint8Array(headerBytes + this.#below(3) * 700);
    const call = 1 + this.#below(5000);
    writeHeader(bytes, this.#below(2) * 2, 4095, 1 + this.#below(4095), call, 1 + this.#below(2), 0, 1);
    return bytes;
  }

  /** A CALL as it should be, of a thread of the attacker's own; or of somebody else's. */
  #call(from: Address): Uint8Array {
    const incarnation = 1 + this.#below(3);
    writer.begin(headerBytes);
    writer.integer(this.#below(4) === 0 ? from + 1 : from);
    writer.integer(incarnation);
    writer.integer(this.#below(1000));
    for (let depth = this.#below(5); depth > 0; depth--) writer.integer(1 + this.#below(5));
    writer.byte(0);
    writer.integer(this.#below(3) === 0 ? this.#below(4) : 0);
    writer.integer(this.#below(4) === 0 ? this.#below(4) : 1);
    writer.integer(this.#below(4) === 0 ? this.#below(4) : 1);
    writer.integer(this.#below(4));
    writer.float(this.#random.next());
    externalizeList(writer, [this.#below(1000), "x".repeat(this.#below(300))].slice(this.#below(3)), "arguments");
    const call = writer.finish();
    const number = this.#word();
    writeHeader(call, this.#below(2) * 2, 1, 1, number, incarnation, 0, this.#below(2) === 0 ? 1 : number);
    return call;
  }
}
