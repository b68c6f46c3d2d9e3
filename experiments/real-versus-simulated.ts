/**
 * How well the simulator predicts the real host: the same protocols and calls, on real sockets and on simulated
 * machines.
 *
 * All parties are hosts in one process, on loopback. They share a CPU, as the processes of one simulated machine do.
 * The simulator is calibrated on a troupe of one. Blocks of calls to the troupe of one and blocks of the calls to be
 * predicted take turns, so that both meet the same state of the machine. The calibration measures the time of a send;
 * the time of a wait for datagrams; the client's time at the start and at the end of a call; the rest of the round
 * trip, which is the receipt of two datagrams; the lateness of timers; the rate and lengths of stalls of the process.
 * Degrees above 1, and losses, are predicted from these.
 */
import { line } from "../harness/chart.ts";
import { experiment, type Replication } from "../harness/experiment.ts";
import { choice, count, duration, ratio } from "../harness/parameters.ts";
import { quantile } from "../harness/statistics/moments.ts";
import type { Program } from "../protocols/program/program.ts";
import type { Stub } from "../protocols/call/client/stub.ts";
import type { Host } from "../protocols/host.ts";
import type { MessageOptions } from "../protocols/message/options.ts";
import { constant, empirical } from "../sim/chance/distribution.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import type { CostOptions } from "../sim/machine/costs.ts";
import { Stage } from "../sim/stage.ts";
import type { StageMachine, StageWorld } from "../sim/staged-troupe.ts";
import type { Meter } from "../udp/host.ts";
import { Probe } from "../udp/probe.ts";
import { RealWorld } from "../udp/world.ts";

class Echo {
  echo(value: number): number {
    return value;
  }
}

export interface Setting {
  readonly members: number;
  readonly transport: "unicast" | "multicast";
  readonly threads: number;
  readonly loss: number;
  readonly retransmission: number;
  readonly calls: number;
}

/** The results of calls, block by block. Times in ms. */
export class Outcome {
  readonly latencies: number[] = [];
  elapsed = 0;
  calls = 0;
  /** Datagrams that were sent to a receiver, lost or not, for all `calls`. */
  datagrams = 0;

  /** Adds one block: first some calls after the pause, whose latencies do not count, then the calls that count. */
  async add(p: Setting, call: (calls: number) => Promise<number[]>, now: () => number): Promise<void> {
    const calls = Math.ceil(p.calls / blocks);
    await call(runUp);
    const began = now();
    for (const latency of await call(calls)) this.latencies.push(latency);
    this.elapsed += now() - began;
    this.calls += runUp + calls;
  }
}

/** The calibration of the simulator, measured on the real host. Times in ms. */
export interface Calibration {
  readonly send: number;
  readonly receive: number;
  /** The time of one wait, which gets all datagrams that have arrived. */
  readonly wait: number;
  /** At the client: from the start of a call to its first send, and from its last RETURN to its end. */
  readonly issue: number;
  readonly resume: number;
  readonly timerLateness: number;
  /** The lengths of stalls of the process, and the number of stalls in a ms. */
  readonly stalls: readonly number[];
  readonly stallRate: number;
}

/** A client and the troupe that it calls. */
interface Pair {
  readonly program: Program;
  readonly stub: Stub<Echo>;
}

function messageOptions({ retransmission }: Setting, lateness: number): Partial<MessageOptions> {
  const interval = retransmission + lateness;
  return { retransmitInterval: interval, longestInterval: 8 * interval, tries: 60 };
}

/** Sets up client and members: each on its own machine, or all on `box`. */
function setUp(stage: Stage<StageWorld>, { members, transport }: Setting, box?: StageMachine): Pair {
  const place = box === undefined ? {} : { machine: () => box };
  const { troupe } = stage.troupe("echo", () => new Echo(), members, { ...place, multicast: true });
  const program = stage.client(box ?? "client");
  return { program, stub: program.import(Echo, troupe, { transport }) };
}

/** Calls from `threads` threads of the client, with `before` and `after` around each call. Answers the latencies. */
async function callOften(
  { program, stub }: Pair,
  calls: number,
  threads: number,
  around: { before?(): void; after?(began: number): void } = {},
): Promise<number[]> {
  const latencies: number[] = [];
  let left = calls;
  const loop = async (): Promise<void> => {
    while (left-- > 0) {
      const began = program.host.now();
      around.before?.();
      await stub.echo(1);
      around.after?.(began);
      latencies.push(program.host.now() - began);
    }
  };
  await Promise.all(Array.from({ length: threads }, () => program.thread(loop)));
  return latencies;
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

const blocks = 20;
const runUp = 10;
const warmUp = 3000;
/** A latency of more than this many medians counts as a stall of the process. */
const stalled = 1.25;

/** Measures the troupe of one and the troupe to be predicted, block by block in turn. */
async function measure(p: Setting, replication: Replication): Promise<{ told: Calibration; measured: Outcome }> {
  const { seed, number } = replication;
  const plain = new RealWorld({ seed });
  const subject = new RealWorld({ seed, replication: number, network: { loss: p.loss } });
  try {
    const one = setUp(new Stage(plain, messageOptions(p, 0)), { ...p, members: 1 });
    const many = setUp(new Stage(subject, messageOptions(p, 0)), p);
    await callOften(one, warmUp, 1);
    await callOften(many, p.loss > 0 ? 50 : warmUp / 2, p.threads);

    const meter: Meter = plain.named("client").meter;
    const [sends, issues, resumes, late]: [number[], number[], number[], number[]] = [[], [], [], []];
    const alone = new Outcome();
    const measured = new Outcome();
    const around = {
      before: () => (meter.sending = 0),
      after(began: number) {
        sends.push(meter.sending);
        issues.push(meter.sendBegan - began);
        resumes.push(one.program.host.now() - meter.receiveEnded);
      },
    };
    const now = (): number => one.program.host.now();
    const probe = new Probe(hostOn(plain, "sender"), hostOn(plain, "receiver"));
    const before = subject.received;
    for (let block = 0; block < blocks; block++) {
      await alone.add(p, (calls) => callOften(one, calls, 1, around), now);
      await probe.measure();
      // A busy process is woken later. After the first timer, the second timer is like the timer of a lost datagram.
      await lateness(one.program, p.retransmission);
      late.push(await lateness(one.program, p.retransmission));
      await measured.add(p, (calls) => callOften(many, calls, p.threads), now);
    }
    measured.datagrams = subject.received - before;
    const [send, issue, resume, timerLateness] = [median(sends), median(issues), median(resumes), median(late)];
    const { wait } = probe;
    const rest = (median(alone.latencies) - issue - resume) / 2 - send - wait;
    const told = { send, receive: Math.max(0, rest), wait, issue, resume, timerLateness, ...stallsOf(alone.latencies) };
    return { told, measured };
  } finally {
    plain.close();
    subject.close();
  }
}

function hostOn(world: RealWorld, name: string): Host {
  return world.machine(name).start(() => {}).host!;
}

/** The lateness of a timer, in ms. */
function lateness(program: Program, delay: number): Promise<number> {
  const { host } = program;
  return new Promise((resolve) => {
    const due = host.now() + delay;
    host.after(delay, () => resolve(host.now() - due), undefined);
  });
}

function stallsOf(latencies: readonly number[]): Pick<Calibration, "stalls" | "stallRate"> {
  const typical = median(latencies);
  const stalls = latencies.filter((latency) => latency > stalled * typical).map((latency) => latency - typical);
  return { stalls, stallRate: stalls.length / latencies.reduce((sum, latency) => sum + latency, 0) };
}

/** Makes the same calls on one simulated machine whose CPU takes the measured times. */
export async function simulate(p: Setting, told: Calibration, replication: Replication): Promise<Outcome> {
  const world = replication.world({ network: { delay: constant(0), loss: p.loss, loopback: "link" } });
  const costs: CostOptions = {
    kernel: { send: told.send, receive: told.receive, wait: told.wait },
    calls: { send: ["send"], receive: ["receive"], wait: ["wait"], setTimer: [], cancelTimer: [] },
  };
  const box = world.machine({ name: "box", costs });
  const stage = new Stage(world, messageOptions(p, told.timerLateness));
  const pair = setUp(stage, p, box);
  let calling = true;
  const random = world.random.fork("stalls");
  const stand = (): void => {
    if (!calling) return;
    world.after(exponential(1 / told.stallRate).draw(random), stand);
    box.charge(empirical(told.stalls).draw(random));
  };
  if (told.stalls.length > 0) world.after(exponential(1 / told.stallRate).draw(random), stand);
  const outcome = new Outcome();
  const around = { before: () => box.charge(told.issue), after: () => box.charge(told.resume) };
  world.at(0, async () => {
    for (let block = 0; block < blocks; block++) {
      await outcome.add(
        p,
        (calls) => callOften(pair, calls, p.threads, around),
        () => pair.program.host.now(),
      );
      // In this pause the real client calls the troupe of one. No CALL acknowledges the last RETURNs: they are
      // repeated.
      await pair.program.thread(() => pair.program.sleep(2 * p.retransmission));
    }
    calling = false;
  });
  await world.run();
  outcome.datagrams = world.network.sent;
  return outcome;
}

const figures = (outcome: Outcome): { median: number; p99: number; datagrams: number; throughput: number } => ({
  median: median(outcome.latencies),
  p99: quantile(outcome.latencies, 0.99),
  datagrams: outcome.datagrams / outcome.calls,
  throughput: outcome.latencies.length / (outcome.elapsed / 1000),
});

/** The model of a measure: the prediction in the same replications. */
const predicted = (measure: string, within: number) => ({
  label: "predicted" as const,
  source: "simulated, calibrated on a troupe of one",
  within,
  of: (_p: unknown, means: Readonly<Partial<Record<string, number | null>>>) => means[measure] ?? null,
});

export default experiment({
  name: "real-versus-simulated",
  question: "How well does the simulator predict real hosts?",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: 16 }),
    transport: choice(["unicast", "multicast"], "one send for each member, or one for all"),
    loss: ratio(0, "probability that a datagram is lost", { max: 0.5 }),
    threads: count(1, "threads of the client that call at once", { min: 1, max: 256 }),
    retransmission: duration("20ms", "wait before the first repetition of a segment", { min: 2 }),
    calls: count(5000, "calls in one replication", { min: 100 }),
  },
  measures: {
    median: { unit: "ms", help: "time from the call to its result that half of the calls stay below, on real hosts" },
    predictedMedian: { unit: "ms", help: "the same, predicted by the simulator" },
    p99: { unit: "ms", help: "time that 99% of the calls stay below, on real hosts", precision: null },
    predictedP99: { unit: "ms", help: "the same, predicted by the simulator", precision: null },
    datagrams: { help: "datagrams for one call, both ways, on real hosts" },
    predictedDatagrams: { help: "the same, predicted by the simulator" },
    throughput: { unit: "calls/s", help: "calls in a second of real time, on real hosts" },
    predictedThroughput: { unit: "calls/s", help: "the same, predicted by the simulator" },
    sendCost: { unit: "ms", help: "what the simulator was told: CPU time of a send", precision: null },
    receiveCost: { unit: "ms", help: "the same of receiving a datagram, and of the protocol's part", precision: null },
    waitCost: { unit: "ms", help: "the same of asking what has come", precision: null },
  },
  async run(p, replication) {
    const { told, measured } = await measure(p, replication);
    if (told.receive === 0) replication.unconverged("the parts of a round trip were measured longer than the whole.");
    const real = figures(measured);
    const simulated = figures(await simulate(p, told, replication));
    return {
      median: real.median,
      predictedMedian: simulated.median,
      p99: real.p99,
      predictedP99: simulated.p99,
      datagrams: real.datagrams,
      predictedDatagrams: simulated.datagrams,
      throughput: real.throughput,
      predictedThroughput: simulated.throughput,
      sendCost: told.send,
      receiveCost: told.receive,
      waitCost: told.wait,
    };
  },
  model: {
    median: predicted("predictedMedian", 0.15),
    p99: predicted("predictedP99", 0.3),
    datagrams: predicted("predictedDatagrams", 0.1),
    throughput: predicted("predictedThroughput", 0.15),
  },
  charts: [
    line({ x: "members", y: "median", by: "loss", facet: "threads" }),
    line({ x: "members", y: "p99", by: "loss", facet: "threads" }),
    line({ x: "members", y: "datagrams", by: "loss", facet: "threads" }),
    line({ x: "members", y: "throughput", by: "loss", facet: "threads" }),
  ],
  reproducible: false,
  replications: 10,
  sweep: [{ members: "1..5" }, { members: "1..5", loss: [0.01, 0.05], calls: 500 }, { members: "1..5", threads: 16 }],
});
