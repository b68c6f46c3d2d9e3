/**
 * The latency of a replicated call, by degree of replication, collator and transport.
 *
 * Source: dissertation, performance of replicated procedure calls. The round trips to the n members are independent and
 * exponential with mean r. The mean wait for all members is r H_n, for the first r/n, for the k-th r (1/n + ... +
 * 1/(n-k+1)). Repeated unicast delays the i-th member's round trip by i sends.
 *
 * With a measured network, client and members are on different sites, which are drawn at random for each placement. A
 * collator waits for an order statistic of the client's round trips to n sites that are drawn without replacement.
 *
 * The model assumes that the client's CPU is idle when a call begins. That is true unless a segment is repeated: the
 * repetition and its ACK are sends too, and the next CALL may wait for them. Therefore the run counts repetitions.
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { latencyMatrix } from "../harness/networks.ts";
import { choice, count, duration, file, number, ratio } from "../harness/parameters.ts";
import { collators } from "../protocols/call/collator.ts";
import { defaultMessageOptions } from "../protocols/message/options.ts";
import { constant } from "../sim/chance/distribution.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { logGamma, simpson } from "../sim/chance/special.ts";
import type { CostOptions } from "../sim/machine/costs.ts";
import { BadData } from "../sim/bad-data.ts";
import { meanDelay, type LatencyMatrix } from "../sim/network/matrix.ts";
import { Stage } from "../sim/stage.ts";
import { greatest } from "../harness/statistics/moments.ts";

class Echo {
  echo(value: number): number {
    return value;
  }
}

/**
 * The mean time until `needed` of n round trips are over and the caller has done all its sends. The i-th round trip
 * begins at `starts[i]`, when its send is done, and is exponential with the given mean.
 *
 * E[T] is the integral of P(T > t). P(T > t) is 1 up to the last start. After that it is the probability of fewer than
 * `needed` successes among n independent events (a Poisson binomial distribution). If all round trips start together,
 * the integral is mean (1/n + ... + 1/(n - needed + 1)).
 */
export function meanOrderStatistic(starts: readonly number[], needed: number, mean: number): number {
  const last = greatest(starts);
  if (starts.every((start) => start === last)) {
    let sum = 0;
    for (let k = 0; k < needed; k++) sum += 1 / (starts.length - k);
    return last + mean * sum;
  }
  const late = (t: number): number => {
    // chances[k]: the probability that exactly k of the round trips seen so far are over at time t.
    const chances = [1];
    for (const start of starts) {
      const over = 1 - Math.exp(-(t - start) / mean);
      for (let k = chances.length; k >= 0; k--) {
        chances[k] = (chances[k] ?? 0) * (1 - over) + (k > 0 ? chances[k - 1]! * over : 0);
      }
    }
    return chances.slice(0, needed).reduce((sum, chance) => sum + chance, 0);
  };
  return last + simpson(late, last, last + 50 * mean, 10_000);
}

/** The site of each machine. Machines of one group are on different sites. All choices are equally likely. */
function placed(
  { sites }: LatencyMatrix,
  groups: readonly (readonly string[])[],
  random: () => number,
): Record<string, string> {
  const at: Record<string, string> = {};
  for (const group of groups) {
    const left = [...sites];
    for (const machine of group) at[machine] = left.splice(Math.floor(random() * left.length), 1)[0]!;
  }
  return at;
}

const meansOfSites = new Map<string, number>();

/**
 * The mean, over all placements, of the time until `needed` of `members` round trips are over. If n of M ordered values
 * are drawn without replacement, the j-th value is the k-th drawn with probability C(j-1, k-1) C(M-j, n-k) / C(M, n).
 */
function meanOfSites(network: string, needed: number, members: number): number {
  const key = JSON.stringify([network, needed, members]);
  const known = meansOfSites.get(key);
  if (known !== undefined) return known;
  const { delays } = latencyMatrix(network);
  const others = delays.length - 1;
  const logChoose = (n: number, k: number): number =>
    k < 0 || k > n ? -Infinity : logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  const weights = Array.from({ length: others }, (_, i) =>
    Math.exp(logChoose(i, needed - 1) + logChoose(others - 1 - i, members - needed) - logChoose(others, members)),
  );
  let sum = 0;
  for (const [client, row] of delays.entries()) {
    const trips = row.map((there, j) => there + delays[j]![client]!).filter((_, j) => j !== client);
    trips.sort((a, b) => a - b);
    for (const [i, trip] of trips.entries()) sum += weights[i]! * trip;
  }
  const mean = sum / delays.length;
  meansOfSites.set(key, mean);
  return mean;
}

/** The costs of a machine on which only sending takes time. */
function onlySends(sendmsg: number): CostOptions {
  return { kernel: { sendmsg }, calls: { send: ["sendmsg"], receive: [], setTimer: [], cancelTimer: [] } };
}

/** The number of RETURNs that a collator waits for if no member crashes and all answers are equal. */
function needed(collator: string, members: number): number {
  return collator === "unanimous" ? members : collator === "majority" ? Math.floor(members / 2) + 1 : 1;
}

/** The longest wait before a repetition, in ms. Longer round trips are rare for all parameters. */
const longestInterval = 15_000;

/** The assumption of the model that the measured figures contradict; null if there is none. */
function brokenAssumption(repetitions: number, utilisation: number): string | null {
  if (repetitions === 0) return null;
  const busy = (100 * utilisation).toFixed(0);
  return (
    "it assumes that nothing is repeated, so that no CALL waits for the client's CPU, but " +
    `${Number(repetitions.toPrecision(2))} segments were repeated for each call, and the CPU was busy for ${busy}% of the time.`
  );
}

export default experiment({
  name: "call-latency",
  question: "How long does a replicated call take?",
  reproduces: "dissertation, chapter 4: r H_n for all, r/n for the first, with exponential round trips of mean r",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: 64 }),
    collator: choice(["unanimous", "first-come", "majority", "watchdog"], "what the client waits for"),
    transport: choice(["unicast", "multicast"], "one send for each member, or one for all"),
    roundTrip: duration("10ms", "mean round trip to a member, exponential", { min: 0.001 }),
    sendCost: duration("0ms", "CPU time of one send", { min: 0 }),
    loss: ratio(0, "probability that a datagram is lost", { max: 0.9 }),
    network: file(
      "",
      "CSV of delays between sites instead, as `troupe import network` writes it; sites are drawn from it",
    ),
    placements: count(100, "with a network: how often in one replication sites are drawn anew; calls are shared out", {
      min: 1,
    }),
    patience: number(20, "wait before a retransmission, in mean round trips", { min: 1 }),
    retransmission: choice(["adaptive", "fixed"], "whether that wait adapts to measured round trips"),
    calls: count(1000, "calls in one replication, one after another", { min: 1 }),
  },
  measures: {
    latency: { unit: "ms", help: "time from the call to its result" },
    datagrams: { help: "datagrams sent for one call, both ways" },
    repetitions: { help: "segments repeated for one call, both ways", precision: null },
    utilisation: { help: "share of time for which the client's CPU was sending", precision: null },
  },
  async run(p, replication) {
    const matrix = p.network === "" ? undefined : latencyMatrix(p.network);
    const roundTrip = matrix === undefined ? p.roundTrip : 2 * meanDelay(matrix);
    const placements = matrix === undefined ? 1 : Math.min(p.placements, p.calls);
    // Names of machines by placement: the client and the members of its troupe.
    const groups = Array.from({ length: placements }, (_, k) => {
      const prefix = matrix === undefined ? "" : `${k + 1} `;
      return [`${prefix}client`, ...Array.from({ length: p.members }, (_, i) => `${prefix}echo ${i + 1}`)];
    });
    const world = replication.world({
      network:
        matrix === undefined
          ? // The whole round trip is in the RETURN's way, so that it is exponential and not a sum of two.
            { delay: constant(0), loss: p.loss, links: [{ to: ["client"], delay: exponential(p.roundTrip) }] }
          : { loss: p.loss, matrix: { ...matrix, at: placed(matrix, groups, replication.random("sites")) } },
    });
    const interval = p.patience * roundTrip;
    const stage = new Stage(world, {
      retransmission: p.retransmission,
      retransmitInterval: interval,
      longestInterval: p.retransmission === "fixed" ? interval : Math.max(interval, longestInterval),
      tries: 60,
      datagramLifetime: Math.max(interval, defaultMessageOptions.datagramLifetime),
    });
    const elapsed = { total: 0, sending: 0 };
    let [total, repetitions] = [0, 0];
    for (const [k, [name, ...members]] of groups.entries()) {
      const troupe = stage.troupe(`echo ${k + 1}`, () => new Echo(), p.members, {
        multicast: true,
        machine: (index) => ({ name: members[index]! }),
      });
      const machine = world.machine({ name: name!, ...(p.sendCost > 0 ? { costs: onlySends(p.sendCost) } : {}) });
      const client = stage.client(machine);
      const echo = client.import(Echo, troupe.troupe, { collator: collators[p.collator]!, transport: p.transport });
      const calls = Math.floor(((k + 1) * p.calls) / placements) - Math.floor((k * p.calls) / placements);
      void client.thread(async () => {
        for (let i = 0; i < calls; i++) {
          const start = client.host.now();
          await echo.echo(i);
          total += client.host.now() - start;
        }
        // Repetitions after this do not count: no later CALL acknowledges the RETURNs of the last call.
        const programs = [client, ...troupe.members.map(({ program }) => program)];
        repetitions += programs.reduce((sum, { endpoint }) => sum + endpoint.counters.retransmitted, 0);
        elapsed.total += client.host.now();
        elapsed.sending += machine.cpu.kernel;
      });
    }
    await world.run();
    return {
      latency: total / p.calls,
      datagrams: world.network.sent / p.calls,
      repetitions: repetitions / p.calls,
      utilisation: elapsed.sending / elapsed.total,
    };
  },
  model: {
    latency: {
      source: "order statistics of exponential round trips",
      of(p) {
        // With loss, the latency depends on retransmissions, and there is no closed form.
        if (p.loss > 0) return null;
        if (p.network !== "")
          return p.sendCost > 0 ? null : meanOfSites(p.network, needed(p.collator, p.members), p.members);
        const starts = Array.from(
          { length: p.members },
          (_, i) => p.sendCost * (p.transport === "multicast" ? 1 : i + 1),
        );
        return meanOrderStatistic(starts, needed(p.collator, p.members), p.roundTrip);
      },
      outside: (_, { repetitions, utilisation }) => brokenAssumption(repetitions ?? 0, utilisation ?? 0),
    },
  },
  matters: { roundTrip: (p) => p.network === "", placements: (p) => p.network !== "" },
  refuse(p) {
    if (p.network === "") return null;
    try {
      const { length } = latencyMatrix(p.network).sites;
      if (p.members < length) return null;
      return `${p.members} members and their client on different sites of the network: expected at most ${length - 1} members`;
    } catch (error) {
      if (error instanceof BadData) return error.message;
      throw error;
    }
  },
  charts: [
    line({ x: "members", y: "latency", by: "collator", facet: "transport" }),
    line({ x: "members", y: "latency", by: "collator", facet: "network" }),
    line({
      x: "loss",
      y: "latency",
      by: "collator",
      facet: "transport",
      title: "How long does a replicated call take when datagrams are lost?",
    }),
  ],
  replications: 20,
  sweep: [{ members: "1..8", collator: ["unanimous", "first-come", "majority"], transport: ["unicast", "multicast"] }],
  demo: {
    cells: { members: [1, 3, 5], collator: ["unanimous", "first-come", "majority"], calls: 500 },
    replications: 10,
  },
});
