/**
 * The cost of transactions, by contention, load, members, round trip and loss: troupe commit against ordered broadcast.
 *
 * Source: dissertation, chapter 5. Each client transfers money between accounts, one transfer after the other. The
 * accounts are drawn by Zipf's law. The optimistic protocol (commit) executes at once, and undoes transactions that
 * arrived in different orders. The pessimistic protocol (broadcast) asks for an order first.
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { choice, count, duration, number, ratio } from "../harness/parameters.ts";
import { unanimous, wait, type Collator } from "../protocols/call/collator.ts";
import type { Pair } from "../harness/statistics/intervals.ts";
import type { Program } from "../protocols/program/program.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { increment } from "../sim/checkers/history/history.ts";
import { Stage } from "../sim/stage.ts";

class Bank {
  static readonly transactions = { objects: { transfer: (from: string, to: string) => [from, to] } };
  accounts: Record<string, number> = {};
  /** How often each account was written. */
  versions: Record<string, number> = {};

  constructor(accounts: number) {
    for (let i = 0; i < accounts; i++) this.accounts[`${i}`] = this.versions[`${i}`] = 0;
  }

  /** Answers the versions of the two accounts. */
  transfer(from: string, to: string, amount: number): [number, number] | Promise<[number, number]> {
    this.accounts[from]! -= amount;
    this.accounts[to]! += amount;
    return [++this.versions[from]!, ++this.versions[to]!];
  }
}

/** The bank at one member whose transfers take `work` ms. */
function working(accounts: number, work: number, program: Program): Bank {
  const slow = class extends Bank {
    override async transfer(from: string, to: string, amount: number): Promise<[number, number]> {
      await program.sleep(work);
      return super.transfer(from, to, amount);
    }
  };
  return new slow(accounts);
}

/**
 * Waits for all members, as `unanimous` does, but accepts different answers: without transactions, members may differ.
 */
const lastOfAll: Collator = {
  name: "last of all",
  decide: (entries) => (entries.includes(undefined) ? wait : entries.findIndex((entry) => entry instanceof Uint8Array)),
};

/** Draws places from 0 to places - 1. The probability of a place is in proportion to 1 / (place + 1)^exponent. */
function zipf(places: number, exponent: number): (chance: () => number) => number {
  const sums: number[] = [];
  for (let i = 0; i < places; i++) sums.push((sums.at(-1) ?? 0) + (i + 1) ** -exponent);
  return (chance) => {
    const at = chance() * sums.at(-1)!;
    return sums.findIndex((sum) => at < sum);
  };
}

/**
 * Jain's index of fairness, (sum of x)^2 / (n sum of x^2): 1 if all shares are equal, 1/n if one client has everything.
 * Source: Jain, Chiu and Hawe 1984.
 */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  const squares = shares.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : sum ** 2 / (shares.length * squares);
}

export default experiment({
  name: "commit-throughput",
  question: "What do transactions cost: troupe commit against ordered broadcast?",
  reproduces: "dissertation, chapter 5: an optimistic and a pessimistic protocol",
  parameters: {
    protocol: choice(["none", "commit", "broadcast"], "what orders the calls"),
    members: count(3, "degree of replication", { min: 1, max: 16 }),
    contention: number(0.8, "exponent of Zipf's law for the accounts: 0 makes all alike", { min: 0, max: 4 }),
    load: count(8, "clients, each with one transfer after the other", { min: 1 }),
    accounts: count(10_000, "accounts of the bank", { min: 2 }),
    roundTrip: duration("10ms", "mean round trip, the sum of two exponential delays", { min: 0.001 }),
    work: duration("0s", "time that a transfer takes at a member"),
    loss: ratio(0, "probability that a datagram is lost", { max: 0.5 }),
    duration: duration("10s", "simulated time of one replication", { min: 1 }),
  },
  measures: {
    throughput: { unit: "1/s", help: "transfers that were answered" },
    latency: { estimator: "ratio", unit: "ms", help: "mean time from the call to its answer" },
    median: { unit: "ms", precision: null, help: "median of that" },
    tail: { unit: "ms", precision: null, help: "99th percentile of that" },
    aborts: {
      estimator: "rare",
      unit: "per transaction",
      precision: null,
      help: "attempts that one member has undone",
    },
    retries: {
      estimator: "rare",
      unit: "per transaction",
      precision: null,
      help: "attempts after the first, of those that have committed",
    },
    messages: { estimator: "ratio", unit: "datagrams", help: "datagrams for each transaction, all told" },
    longestWait: { unit: "ms", precision: null, help: "the longest time that a call has taken" },
    fairness: { precision: null, help: "Jain's index of the transfers of clients: 1 if all have as many" },
  },
  async run(p, replication) {
    const world = replication.world({ network: { delay: exponential(p.roundTrip / 2), loss: p.loss } });
    let aborts = 0;
    let retries = 0;
    world.listen(({ event, machine }) => {
      if (event.type !== "transaction" || machine !== "bank 1") return;
      if (event.outcome === "undone") aborts++;
      if (event.outcome === "committed") retries += event.attempt - 1;
    });
    const stage = new Stage(world, {
      retransmitInterval: 10 * p.roundTrip,
      longestInterval: 40 * p.roundTrip,
      tries: 20,
    });
    const make = (program: Program) => (p.work === 0 ? new Bank(p.accounts) : working(p.accounts, p.work, program));
    stage.troupe("bank", make, p.members, {
      ordering: p.protocol,
      transactions: { deadlockTimeout: 12 * p.roundTrip, backOff: p.roundTrip },
    });
    const isJudged = p.protocol !== "none";
    const { history } = replication.audit(stage, { isJudged });
    const draw = zipf(p.accounts, p.contention);
    const latencies: number[] = [];
    const shares: number[] = [];
    for (let i = 0; i < p.load; i++) {
      const client = stage.client(`client ${i + 1}`);
      const bank = client.import(Bank, "bank", { collator: p.protocol === "none" ? lastOfAll : unanimous });
      const chance = replication.random(`client ${i}`);
      shares.push(0);
      void client.thread(async () => {
        while (client.host.now() < p.duration) {
          const from = draw(chance);
          const to = (from + 1 + Math.floor(chance() * (p.accounts - 1))) % p.accounts;
          const begun = client.host.now();
          const accounts = [`account ${from}`, `account ${to}`];
          await history.record(
            `client ${i + 1}`,
            `transfer ${shares[i]! + 1}`,
            accounts.map((account) => increment(account)),
            () => bank.transfer(`${from}`, `${to}`, 1),
            (versions) => versions.map((version, place) => increment(accounts[place]!, version)),
          );
          if (client.host.now() > p.duration) break;
          latencies.push(client.host.now() - begun);
          shares[i]!++;
        }
      });
    }
    await world.run(p.duration);
    const sorted = latencies.toSorted((a, b) => a - b);
    const quantile = (q: number): number | null =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
    const { length } = latencies;
    const pair = (sum: number): Pair | null => (length === 0 ? null : [sum, length]);
    const observations = {
      throughput: (1000 * length) / p.duration,
      latency: pair(latencies.reduce((a, b) => a + b, 0)),
      median: quantile(0.5),
      tail: quantile(0.99),
      aborts: pair(aborts),
      retries: pair(retries),
      messages: pair(world.network.sent),
      longestWait: sorted.at(-1) ?? null,
      fairness: jain(shares),
    };
    // What was under way comes to its end, so that it can be judged.
    if (isJudged) await world.run();
    return observations;
  },
  charts: [
    line({ x: "contention", y: "throughput", by: "protocol", facet: "work" }),
    line({ x: "contention", y: "latency", by: "protocol", facet: "work", log: "y" }),
    line({ x: "load", y: "throughput", by: "protocol", facet: "work", log: "xy" }),
    line({ x: "members", y: "throughput", by: "protocol" }),
  ],
  replications: 8,
  sweep: [
    { protocol: ["none", "commit", "broadcast"], contention: [0, 0.5, 1, 1.5, 2, 3], work: [0, 10] },
    { protocol: ["none", "commit", "broadcast"], load: [1, 2, 4, 16, 32], work: [0, 10], contention: 0 },
    { protocol: ["none", "commit", "broadcast"], members: "1..5" },
  ],
});
