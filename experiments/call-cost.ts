/**
 * The cost of a replicated call on VAX-11/750s under 4.2BSD: the table of the SOSP 1985 paper.
 *
 * The input of the simulation is published figures only: the CPU time of each system call, the number of system calls
 * for each member, and the user time of a system call, from the row of the UDP echo (0.8 ms for its sendmsg and
 * recvmsg). Two quantities are calibrated on the row for degree 1: the user time of a call besides its system calls,
 * and the time of a datagram on its way that is not CPU time. The figures for degrees 2 to 5 are predictions of the
 * simulated machines.
 */
import { line } from "../harness/chart.ts";
import { experiment, type Replication } from "../harness/experiment.ts";
import { count } from "../harness/parameters.ts";
import { constant } from "../sim/chance/distribution.ts";
import { vaxCosts, type CostOptions } from "../sim/machine/costs.ts";
import { Stage } from "../sim/stage.ts";

/**
 * E. C. Cooper, Replicated Distributed Programs, SOSP 1985: ms for a call of Circus, by degree of replication from 1.
 */
const published = [
  { realTime: 48.0, cpuTime: 24.1, userTime: 5.9, kernelTime: 18.2 },
  { realTime: 58.0, cpuTime: 45.2, userTime: 10.0, kernelTime: 35.2 },
  { realTime: 69.4, cpuTime: 66.8, userTime: 13.0, kernelTime: 53.8 },
  { realTime: 90.2, cpuTime: 87.2, userTime: 16.8, kernelTime: 70.4 },
  { realTime: 109.5, cpuTime: 107.2, userTime: 21.0, kernelTime: 86.1 },
] as const;

type Costs = Record<keyof (typeof published)[number], number>;

/** The same table: user time of a UDP echo, which makes two system calls. */
const echoUserTime = 0.8;

const costs: CostOptions = { ...vaxCosts, user: echoUserTime / 2 };

/** The two calibrated quantities, in ms. */
interface Calibration {
  /** User time of a call at client and server, without its system calls: stubs, collation, dispatch. */
  readonly stub: number;
  /** From the end of sendmsg to the start of the receiver's work, one way. */
  readonly transit: number;
}

class Null {
  readonly #charge: () => void;

  constructor(charge: () => void) {
    this.#charge = charge;
  }

  call(): number {
    this.#charge();
    return 0;
  }
}

/** The mean costs of a call to `members` members, at the client. */
async function measure(
  replication: Replication,
  members: number,
  calls: number,
  calibration: Calibration,
): Promise<Costs> {
  const world = replication.world({ network: { delay: constant(calibration.transit) } });
  // The intervals are far longer than a call, so that no segment is repeated.
  const stage = new Stage(world, { retransmitInterval: 10_000, longestInterval: 10_000, probeInterval: 10_000 });
  const machines = Array.from({ length: members }, (_, i) => world.machine({ name: `server ${i + 1}`, costs }));
  let made = 0;
  const troupe = stage.troupe(
    "null",
    () => {
      const machine = machines[made++]!;
      return new Null(() => machine.charge(calibration.stub));
    },
    members,
    { machine: (index) => machines[index]! },
  );
  const machine = world.machine({ name: "client", costs });
  const client = stage.client(machine);
  const stub = client.import(Null, troupe.troupe);
  const total: Costs = { realTime: 0, cpuTime: 0, userTime: 0, kernelTime: 0 };
  void client.thread(async () => {
    // The first call is not measured: unlike later calls, it has no earlier call to acknowledge.
    await stub.call();
    const { kernel, user } = machine.cpu;
    const start = client.host.now();
    for (let i = 0; i < calls; i++) {
      machine.charge(calibration.stub);
      await stub.call();
    }
    total.realTime = (client.host.now() - start) / calls;
    total.kernelTime = (machine.cpu.kernel - kernel) / calls;
    total.userTime = (machine.cpu.user - user) / calls;
    total.cpuTime = total.kernelTime + total.userTime;
  });
  await world.run();
  return total;
}

/** Solves for both quantities: a call of degree 1 contains the user time once and the transit time twice. */
async function calibrate(replication: Replication): Promise<Calibration> {
  const [row] = published;
  const without = await measure(replication, 1, 1, { stub: 0, transit: 0 });
  const stub = row.userTime - without.userTime;
  const { realTime } = await measure(replication, 1, 1, { stub, transit: 0 });
  return { stub, transit: (row.realTime - realTime) / 2 };
}

const model = (measure: keyof Costs, within: number) => ({
  label: "published" as const,
  source: "SOSP 1985, Circus on VAX-11/750s",
  within,
  of: (p: { readonly members: number }) => published[p.members - 1]?.[measure] ?? null,
});

export default experiment({
  name: "call-cost",
  question: "What does each further member add to the cost of a call?",
  reproduces: "SOSP 1985, performance of Circus: real and CPU time of a replicated call, degrees 1 to 5",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: 64 }),
    calls: count(20, "calls whose mean is taken", { min: 1 }),
  },
  measures: {
    realTime: { unit: "ms", help: "time from the call to its result" },
    cpuTime: { unit: "ms", help: "CPU time of the client, user and kernel" },
    userTime: { unit: "ms", help: "user CPU time of the client" },
    kernelTime: { unit: "ms", help: "kernel CPU time of the client" },
  },
  async run(p, replication) {
    const calibration = await calibrate(replication);
    replication.note(
      `calibrated on the row for degree 1: ${calibration.stub.toFixed(2)} ms of user time for a call besides its system ` +
        `calls, ${calibration.transit.toFixed(2)} ms for a datagram on its way; user time of a system call, from the ` +
        `published UDP echo: ${(echoUserTime / 2).toFixed(2)} ms`,
    );
    return { ...(await measure(replication, p.members, p.calls, calibration)) };
  },
  model: {
    realTime: model("realTime", 0.1),
    cpuTime: model("cpuTime", 0.05),
    userTime: model("userTime", 0.1),
    kernelTime: model("kernelTime", 0.05),
  },
  charts: [
    line({ x: "members", y: ["realTime", "cpuTime"], name: "call-cost" }),
    line({ x: "members", y: ["userTime", "kernelTime"], name: "cpu-time" }),
  ],
  replications: 1,
  sweep: { members: "1..5" },
  demo: { cells: { members: "1..5" }, replications: 1 },
});
