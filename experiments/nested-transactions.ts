/**
 * Bank transfers across three troupes while their members crash: whether money is conserved, and the cost of crashes.
 *
 * Source: dissertation, chapter 5: a nested call runs as a subtransaction, and is undone when its parent aborts. A
 * replicated office moves money from one replicated bank to another. Each transfer is one transaction across the three
 * troupes.
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { count, duration, number } from "../harness/parameters.ts";
import type { Program } from "../protocols/program/program.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { increment } from "../sim/checkers/history/history.ts";
import { Stage } from "../sim/stage.ts";

const capital = 1000;

class Bank {
  accounts = capital;
  /** How often money was moved. */
  version = 0;

  /** Answers the version. */
  move(amount: number): number {
    if (this.accounts + amount < 0) throw new RangeError("there is no money left");
    this.accounts += amount;
    return ++this.version;
  }
}

class Office {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Answers the versions of the two banks. */
  async transfer(from: string, to: string, amount: number): Promise<[number, number]> {
    return [await this.#program.import(Bank, from).move(-amount), await this.#program.import(Bank, to).move(amount)];
  }

  getState(): unknown {
    return null;
  }

  setState(): void {}
}

export default experiment({
  name: "nested-transactions",
  question: "Is money conserved by transfers across troupes whose members crash?",
  reproduces: "dissertation, chapter 5: nested lightweight transactions",
  parameters: {
    members: count(3, "degree of replication of each of the three troupes", { min: 1, max: 9 }),
    crashes: count(2, "members that crash, in troupes that have others", { min: 0, max: 20 }),
    clients: count(3, "clients, each with one transfer after the other", { min: 1 }),
    rate: number(100, "calls a second that clients make at most, each", { min: 0.1 }),
    delay: duration("2ms", "mean delay of a datagram, exponential", { min: 0.001 }),
    duration: duration("3s", "simulated time in which transfers begin", { min: 1 }),
  },
  measures: {
    violations: {
      estimator: "rare",
      help: "share of runs in which money was lost or made, or members that live differ",
    },
    transfers: { unit: "1/s", precision: null, help: "transfers that have committed" },
  },
  async run(p, replication) {
    const world = replication.world({ network: { delay: exponential(p.delay), loss: 0.01 } });
    const stage = new Stage(world, {
      retransmitInterval: 15 * p.delay,
      longestInterval: 50 * p.delay,
      tries: 6,
      probeInterval: 50 * p.delay,
    });
    const options = { ordering: "commit", transactions: { deadlockTimeout: 40 * p.delay } } as const;
    const office = stage.troupe("office", (program) => new Office(program), p.members, options);
    const banks = ["north", "south"].map((name) => stage.troupe(name, () => new Bank(), p.members, options));
    const { history } = replication.audit(stage);
    let transfers = 0;
    for (let i = 0; i < p.clients; i++) {
      const client = stage.client(`client ${i + 1}`);
      const stub = client.import(Office, "office");
      const chance = replication.random(`client ${i}`);
      let begun = 0;
      void client.thread(async () => {
        while (client.host.now() < p.duration) {
          const [from, to] = chance() < 0.5 ? (["north", "south"] as const) : (["south", "north"] as const);
          await history
            .record(
              `client ${i + 1}`,
              `transfer ${++begun}`,
              [increment(from), increment(to)],
              () => stub.transfer(from, to, 1 + Math.floor(10 * chance())),
              ([one, other]) => [increment(from, one), increment(to, other)],
            )
            .catch(() => undefined);
          transfers++;
          await client.sleep((1000 / p.rate) * chance());
        }
      });
    }
    const chance = replication.random("crashes");
    const troupes = [office, ...banks];
    for (let i = 0; i < p.crashes; i++) {
      const { members } = troupes[Math.floor(chance() * troupes.length)]!;
      world.at(p.duration * chance(), () => {
        const living = members.filter(({ machine }) => machine.up);
        if (living.length > 1) living[Math.floor(chance() * living.length)]!.machine.crash();
      });
    }
    await world.run(p.duration + 20_000);
    const sums = banks.map(({ members }) => {
      const living = new Set(members.filter(({ machine }) => machine.up).map(({ module }) => module.accounts));
      return living.size === 1 ? [...living][0]! : NaN;
    });
    const conserved = sums.reduce((a, b) => a + b, 0) === 2 * capital;
    return { violations: [conserved ? 0 : 1, 1], transfers: (1000 * transfers) / p.duration };
  },
  model: { violations: () => 0 },
  charts: [line({ x: "crashes", y: "transfers", by: "members" })],
  replications: 40,
  sweep: [{ members: [2, 3], crashes: [0, 1, 2, 3] }],
});
