/**
 * One long run in its steady state: how long calls wait at a server that is busy most of the time. The line is empty at first, so the
 * first waits are too short; and each wait depends on the one before.
 */
import { line } from "troupe/chart";
import { experiment } from "troupe/experiment";
import { count, ratio } from "troupe/parameters";

export default experiment({
  name: "waiting-line",
  question: "How long do calls wait at a busy server?",
  reproduces: "the M/M/1 queue, in units of the mean time of service",
  parameters: {
    load: ratio(0.8, "share of time in which the server is busy", { min: 0.01, max: 0.99 }),
    calls: count(50_000, "calls in one replication", { min: 100 }),
  },
  measures: {
    wait: { estimator: "steady", help: "mean time in line" },
    lastWait: {
      estimator: "quantile",
      quantile: 0.9,
      help: "the time in line that 90% of calls do not exceed",
      precision: null,
    },
  },

  // Lindley's recursion: a call waits for what the one before has left to do.
  run(p, replication) {
    const [arrival, service] = [replication.random("arrival"), replication.random("service")];
    const waits = [0];
    for (let i = 1; i < p.calls; i++) {
      const left = waits[i - 1]! - Math.log(1 - service()) + Math.log(1 - arrival()) / p.load;
      waits.push(Math.max(0, left));
    }
    return { wait: waits, lastWait: waits.at(-1)! };
  },

  model: {
    wait: (p) => p.load / (1 - p.load),
    lastWait: (p) => Math.max(0, Math.log(p.load / 0.1) / (1 - p.load)),
  },
  charts: [line({ x: "load", y: ["wait", "lastWait"], log: "y" })],
  sweep: { load: "0.5..0.9:0.1" },
});
