/**
 * The probability that conflicting transactions, called at the same time, deadlock under the troupe commit protocol.
 *
 * Source: dissertation, chapter 5: members that serialize transactions in different orders block each other. k
 * conflicting transactions arrive at n members. All k! orders are equally likely at each member, independently. There
 * is no deadlock if all members have the order of the first member, with probability (1/k!)^(n-1).
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { count } from "../harness/parameters.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { increment } from "../sim/checkers/history/history.ts";
import { Stage } from "../sim/stage.ts";

class Register {
  sum = 0;

  add(amount: number): number {
    return (this.sum += amount);
  }
}

function factorial(k: number): number {
  return k < 2 ? 1 : k * factorial(k - 1);
}

/** The probability that all members have the order of the first member. */
function smooth(transactions: number, members: number): number {
  return (1 / factorial(transactions)) ** (members - 1);
}

export default experiment({
  name: "commit-conflict",
  question: "How often do conflicting transactions deadlock?",
  reproduces: "dissertation, chapter 5: 1 - (1/k!)^(n-1) for k transactions at n members",
  parameters: {
    transactions: count(2, "conflicting transactions, called at the same time", { min: 1, max: 8 }),
    members: count(3, "degree of replication", { min: 1, max: 16 }),
    rounds: count(100, "rounds in one replication", { min: 1 }),
  },
  measures: {
    deadlock: { estimator: "rare", help: "share of rounds with a deadlock among members" },
    smooth: { estimator: "rare", help: "share of rounds without one" },
    time: { unit: "ms", precision: null, help: "mean time until all transactions of a round have committed" },
  },
  async run(p, replication) {
    const world = replication.world({ network: { delay: exponential(1) } });
    let found = false;
    world.listen(({ event }) => {
      if (event.type === "transaction" && event.outcome === "deadlock") found = true;
    });
    const stage = new Stage(world);
    // Only a deadlock makes a transaction wait for that long.
    stage.troupe("register", () => new Register(), p.members, {
      ordering: "commit",
      transactions: { deadlockTimeout: 1000 },
    });
    const { history } = replication.audit(stage);
    const clients = Array.from({ length: p.transactions }, (_, i) => stage.client(`client ${i + 1}`));
    const stubs = clients.map((client) => client.import(Register, "register"));
    let deadlocks = 0;
    let time = 0;
    for (let round = 0; round < p.rounds; round++) {
      found = false;
      const begun = world.now;
      let ended = begun;
      for (const [i, client] of clients.entries()) {
        void client.thread(async () => {
          await history.record(
            `client ${i + 1}`,
            `addition ${round + 1}`,
            [increment("register")],
            () => stubs[i]!.add(1),
            (sum) => [increment("register", sum)],
          );
          ended = Math.max(ended, client.host.now());
        });
      }
      await world.run();
      if (found) deadlocks++;
      time += ended - begun;
    }
    return { deadlock: [deadlocks, p.rounds], smooth: [p.rounds - deadlocks, p.rounds], time: time / p.rounds };
  },
  model: {
    deadlock: {
      source: "dissertation, chapter 5",
      of: (p) => 1 - smooth(p.transactions, p.members),
      outside: (p) =>
        p.members > 1 && p.transactions > 1 && smooth(p.transactions, p.members) * p.rounds < 0.25
          ? "nearly every round has a deadlock; the share of rounds without one is what can be judged"
          : null,
    },
    smooth: (p) => smooth(p.transactions, p.members),
  },
  charts: [line({ x: "transactions", y: "deadlock", by: "members" })],
  replications: 20,
  sweep: [{ transactions: "1..5", members: "1..5" }],
  demo: { cells: { transactions: [2, 3], members: [2, 3], rounds: 30 }, replications: 5 },
});
