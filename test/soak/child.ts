/**
 * What members and clients of the soak have in common: their orders, their host, their trace in a file, their memory.
 */
import { openSync, writeSync } from "node:fs";
import { StaticBinding } from "../../protocols/troupe/binding.ts";
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import { Program } from "../../protocols/program/program.ts";
import type { MessageOptions } from "../../protocols/message/options.ts";
import { Ledger } from "../../sim/ledger.ts";
import { traceLine } from "../../sim/trace-file.ts";
import { Trace } from "../../sim/trace.ts";
import { UdpHost } from "../../udp/host.ts";

/** The first argument of a child, in JSON. */
export interface Orders {
  readonly name: string;
  readonly port: number;
  readonly troupe: Troupe;
  readonly seed: string;
  /** Probability that a datagram is lost, and that it is delivered twice. */
  readonly loss: number;
  readonly traceFile: string;
}

/** In answer to `memory`: bytes in use after a collection. */
export interface MemoryAnswer {
  readonly type: "memory";
  readonly bytes: number;
}

export type Message =
  | { readonly type: "started"; readonly incarnation: number }
  | MemoryAnswer
  | { readonly type: "stopped"; readonly calls: number };

export type Order = "memory" | "stop";

/**
 * What the checkers read. All that comes in one turn of Node's loop is written at its end: kill -9 loses no more than
 * that.
 */
const kept = new Set(["start", "call", "call-done", "execute", "peer-crashed"]);

const options: Partial<MessageOptions> = { retransmitInterval: 50, longestInterval: 200, tries: 12 };

export class Child {
  readonly orders = JSON.parse(process.argv[2]!) as Orders;
  readonly host: UdpHost;
  readonly program: Program;
  readonly #file: number;
  #lines: string[] = [];

  constructor(stop: () => Promise<number>) {
    const { name, port, troupe, seed, loss, traceFile } = this.orders;
    this.#file = openSync(traceFile, "a");
    const trace = new Trace();
    trace.listen((event) => {
      if (!kept.has(event.event.type)) return;
      if (this.#lines.push(traceLine(event)) === 1) setImmediate(() => this.#flush());
    });
    const faults = {
      seed,
      network: { loss, duplication: loss },
      ledger: new Ledger(),
      nameOf: String,
    };
    this.host = new UdpHost({ seed, name, port, trace, faults });
    this.program = new Program(this.host, new StaticBinding([troupe]), options);
    process.on("message", (order: Order) => {
      if (order === "memory") this.#tellMemory();
      else void stop().then((calls) => this.#stop(calls));
    });
    // Without its supervisor it has no business.
    process.on("disconnect", () => process.exit(1));
    tell({ type: "started", incarnation: this.host.incarnation });
  }

  #tellMemory(): void {
    globalThis.gc!();
    const { heapUsed, external } = process.memoryUsage();
    tell({ type: "memory", bytes: heapUsed + external });
  }

  #stop(calls: number): void {
    this.#flush();
    process.send!({ type: "stopped", calls } satisfies Message, () => process.exit(0));
  }

  #flush(): void {
    if (this.#lines.length > 0) writeSync(this.#file, `${this.#lines.join("\n")}\n`);
    this.#lines = [];
  }
}

function tell(message: Message): void {
  // The supervisor may be gone: then this process soon is.
  process.send!(message, undefined, undefined, () => {});
}

/** The module under load. Answers depend on arguments alone: a member that began anew answers like the others. */
export class Clerk {
  handled = 0;
  double(amount: number): number {
    this.handled++;
    return 2 * amount;
  }
  async copy(text: string): Promise<string> {
    this.handled++;
    return Promise.resolve(text);
  }
}
