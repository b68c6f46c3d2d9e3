/** One process of a small world: a program of the product behind a door that the exploration drives. */
import { Program } from "../../protocols/program/program.ts";
import { StaticBinding } from "../../protocols/troupe/binding.ts";
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import type { TraceEvent } from "../../protocols/trace.ts";
import { Door } from "./door.ts";
import { clientAt, messagesOf, transactions, transactionsOf, type SmallWorld } from "./small-world.ts";

/** The module of the troupe. Each call conflicts with all others, and its result shows all calls before. */
class Log {
  entries: string[] = [];

  append(name: string): string {
    this.entries.push(name);
    return this.entries.join(" ");
  }
}

/** A replicated client exports nothing of interest. */
class Root {
  ping(): string {
    return "pong";
  }
}

/** What happens to a process at a time: a client begins, a datagram arrives, or the next timer fires. */
export interface Stimulus {
  readonly kind: "begin" | "datagram" | "timer";
  /** Of a datagram: the place of the sender. */
  readonly from: number;
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** A client's result of a call, or the error that it got. */
export interface Answer {
  readonly transaction: string;
  readonly result: string | undefined;
  readonly error: string | undefined;
}

/** What can be seen of a process from outside. */
export interface View {
  /** Of a member: the transactions in the order in which they have committed. */
  readonly commits: readonly string[];
  /** Of a member: the state of its module, which shows changes of transactions that are under way. */
  readonly entries: readonly string[];
  /** Of a client: its answers so far. */
  readonly answers: readonly Answer[];
  /** Whether the process has made a call, or a vote, that is not answered by all. */
  readonly busy: boolean;
  readonly events: readonly TraceEvent[];
}

export class Player {
  readonly door: Door;
  readonly #program: Program;
  readonly #module: Log | undefined;
  readonly #world: SmallWorld;
  readonly #place: number;
  readonly #troupe: Troupe;
  /** The troupe of a replicated client. */
  readonly #as: Troupe | undefined;
  #commits: readonly string[] = [];
  #answers: readonly Answer[] = [];
  #events: TraceEvent[] = [];

  /** `place`: members come first, then clients. */
  constructor(world: SmallWorld, place: number) {
    this.#world = world;
    this.#place = place;
    this.door = new Door(place + 1, (event) => this.#hear(event));
    const { members, copies, protocol } = world;
    const troupe = (id: number, name: string, first: number, count: number): Troupe => {
      return { id, name, module: 1, members: Array.from({ length: count }, (_, i) => ({ address: first + i + 1 })) };
    };
    this.#troupe = troupe(1, "log", 0, members);
    const binding = new StaticBinding([this.#troupe]);
    if (copies > 1) {
      for (let i = 0; i < world.clients; i++) {
        const client = binding.add(troupe(i + 2, `client ${i + 1}`, members + i * copies, copies));
        if (place >= members && clientAt(world, place) === i) this.#as = client;
      }
    }
    this.#program = new Program(this.door, binding, messagesOf(world));
    const { runtime } = this.#program;
    if (place < members) {
      this.#module = runtime.construct(() => new Log());
      this.#program.export(this.#module, { troupe: this.#troupe, ordering: protocol, transactions });
    } else if (this.#as !== undefined)
      this.#program.export(
        runtime.construct(() => new Root()),
        { troupe: this.#as },
      );
  }

  #hear(event: TraceEvent): void {
    this.#events.push(event);
    if (event.type !== "transaction" || event.outcome !== "committed") return;
    this.#commits = [...this.#commits, `${event.thread} ${event.path}`];
  }

  async apply(stimulus: Stimulus): Promise<void> {
    this.#events = [];
    const { kind, from, bytes, at } = stimulus;
    if (kind === "datagram") await this.door.deliver(from + 1, bytes, at);
    else if (kind === "timer") await this.door.wake(at);
    else {
      this.#call();
      await this.door.settle();
    }
  }

  /** Begins the thread of a client. */
  #call(): void {
    const log = this.#program.import(Log, this.#troupe);
    const note = (answer: Answer): void => void (this.#answers = [...this.#answers, answer]);
    void this.#program.thread(async () => {
      for (const transaction of transactionsOf(this.#world, this.#place)) {
        try {
          note({ transaction, result: await log.append(transaction), error: undefined });
        } catch (error) {
          note({ transaction, result: undefined, error: String(error) });
        }
      }
    }, this.#as);
  }

  get view(): View {
    return {
      commits: this.#commits,
      entries: [...(this.#module?.entries ?? [])],
      answers: this.#answers,
      busy: [...this.#program.endpoint.open].length > 0,
      events: this.#events,
    };
  }
}
