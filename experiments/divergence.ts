/**
 * The probability that the states of a troupe's members diverge when unrelated clients call it, with and without
 * transactions.
 *
 * Two clients make one call each. The gap g between the calls is exponential. Each call reaches each member after an
 * exponential delay with mean d, independent of all other delays. The second call overtakes the first call at a member
 * with probability p = exp(-g/d) / 2. All n members have the same order with probability p^n + (1-p)^n. With
 * E[exp(-jg/d)] = 1/(1 + j/(load d)), the mean over g is a finite sum.
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { choice, count, duration, number } from "../harness/parameters.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { append, read } from "../sim/checkers/history/history.ts";
import { Stage } from "../sim/stage.ts";

class Journal {
  entries: string[] = [];

  enter(entry: string): string {
    this.entries.push(entry);
    return entry;
  }
}

function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 0; i < k; i++) ways = (ways * (n - i)) / (i + 1);
  return ways;
}

/** The probability that n members do not all have the same order. `overlap`: mean delay over mean gap. */
export function divergenceOf(members: number, overlap: number): number {
  const moment = (j: number): number => 0.5 ** j / (1 + j / overlap);
  let same = moment(members);
  for (let j = 0; j <= members; j++) same += binomial(members, j) * (-1) ** j * moment(j);
  return 1 - same;
}

export default experiment({
  name: "divergence",
  question: "How soon do the members of a troupe part when unrelated clients call it?",
  reproduces: "dissertation, chapter 5: why replicated transactions are needed",
  parameters: {
    protocol: choice(["none", "commit", "broadcast"], "what orders the calls"),
    members: count(3, "degree of replication", { min: 1, max: 16 }),
    load: number(20, "calls a second: the mean gap between two is 1/load", { min: 0.001 }),
    delay: duration("10ms", "mean delay of a datagram, exponential", { min: 0.001 }),
    pairs: count(200, "pairs of calls in one replication", { min: 1 }),
  },
  measures: {
    parted: { estimator: "rare", help: "share of pairs of calls that members have executed in different orders" },
  },
  async run(p, replication) {
    const world = replication.world({ network: { delay: exponential(p.delay) } });
    const stage = new Stage(world, { retransmitInterval: 100 * p.delay, longestInterval: 100 * p.delay });
    const troupe = stage.troupe("journal", () => new Journal(), p.members, {
      ordering: p.protocol,
      transactions: { deadlockTimeout: 50 * p.delay },
    });
    const { history } = replication.audit(stage, { isJudged: p.protocol !== "none" });
    const [first, second] = ["first", "second"].map((name) => stage.client(name));
    const [one, other] = [first!.import(Journal, "journal"), second!.import(Journal, "journal")];
    const gap = exponential(1000 / p.load);
    const chance = world.random.fork("gaps");
    for (let pair = 0; pair < p.pairs; pair++) {
      const enter = (process: string, stub: typeof one, entry: string): Promise<string> =>
        history.record(
          process,
          `entry ${entry}`,
          [append("journal", entry)],
          () => stub.enter(entry),
          () => [append("journal", entry)],
        );
      void first!.thread(() => enter("first", one, `${pair}a`));
      const wait = gap.draw(chance);
      void second!.thread(async () => {
        await second!.sleep(wait);
        await enter("second", other, `${pair}b`);
      });
      await world.run();
    }
    for (const { machine, module } of troupe.members) {
      history.begin(machine.name, "last state", []).committed([read("journal", module.entries)]);
    }
    let parted = 0;
    for (let pair = 0; pair < p.pairs; pair++) {
      const orders = troupe.members.map(
        ({ module }) => module.entries.indexOf(`${pair}a`) < module.entries.indexOf(`${pair}b`),
      );
      if (new Set(orders).size > 1) parted++;
    }
    return { parted: [parted, p.pairs] };
  },
  model: {
    parted: (p) => (p.protocol === "none" ? divergenceOf(p.members, (p.delay * p.load) / 1000) : 0),
  },
  charts: [line({ x: "load", y: "parted", by: "members", facet: "protocol" })],
  replications: 20,
  sweep: [{ protocol: ["none", "commit", "broadcast"], members: [2, 3, 5], load: [1, 5, 20, 50, 100] }],
  demo: { cells: { protocol: ["none", "commit"], members: 3, load: [5, 50], pairs: 60 }, replications: 4 },
});
