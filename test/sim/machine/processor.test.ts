/** The CPU of a machine: what operations cost, what waits, and what the accounts say. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Host } from "../../../protocols/host.ts";
import { constant } from "../../../sim/chance/distribution.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { circusCalls, costTable, vaxCosts, type CostOptions } from "../../../sim/machine/costs.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import { World } from "../../../sim/world.ts";

/** Round figures: send 3, receive 5, set 1, cancel 2 ms in the kernel; 0.5 ms user time with each call. */
const costs: CostOptions = {
  kernel: { out: 3, wait: 1, in: 4, set: 1, stop: 2 },
  user: 0.5,
  calls: { send: ["out"], receive: ["wait", "in"], setTimer: ["set"], cancelTimer: ["stop"] },
};
const ignore = (): void => {};

function withCpu(main: (host: Host) => void, delay = 10): { world: World; machine: Machine; host: Host } {
  const world = new World({ seed: "cpu", network: { delay: constant(delay) } });
  const machine = world.machine({ name: "a", costs });
  const process = machine.start(main);
  return { world, machine, host: process.life! };
}

describe("the CPU of a machine", () => {
  it("takes time for each operation, and the process observes that time", async () => {
    const times: number[] = [];
    const { world, machine, host } = withCpu(ignore);
    const heard: number[] = [];
    const other = world.machine("b").start((peer) => peer.listen(() => heard.push(world.now))).address;
    world.at(100, () => {
      times.push(host.now());
      host.send(other, new Uint8Array(1));
      times.push(host.now());
      host.send(other, new Uint8Array(1));
      const timer = host.after(50, ignore, undefined);
      times.push(host.now());
      host.cancel(timer);
      host.cancel(timer);
      times.push(host.now());
    });
    await world.run();
    // A datagram departs when its sendmsg is done; cancelling costs nothing the second time.
    assert.deepEqual(times, [100, 103.5, 108.5, 111]);
    assert.deepEqual(heard, [113.5, 117]);
    assert.deepEqual(machine.cpu, { kernel: 9, user: 2, calls: { out: 2, wait: 0, in: 0, set: 1, stop: 1 } });
  });

  it("serves arrivals and timers one after another, in the order in which they came", async () => {
    const log: [string, number, number][] = [];
    const { world, host } = withCpu(
      (host) => host.listen((_from, data) => log.push([`datagram ${data[0]!}`, world.now, host.now()])),
      1,
    );
    const sender = world.machine("b").start(ignore).life!;
    world.at(0, () => host.after(11, () => log.push(["timer", world.now, host.now()]), undefined));
    for (const [i, time] of [9, 10, 10, 40].entries())
      world.at(time, () => sender.send(host.address, Uint8Array.of(i)));
    await world.run();
    // Receiving takes 6 ms, and the setting of the timer took 1.5 ms: it is due at 12.5.
    assert.deepEqual(log, [
      ["datagram 0", 10, 16],
      ["datagram 1", 16, 22],
      ["datagram 2", 22, 28],
      ["timer", 28, 28],
      ["datagram 3", 41, 47],
    ]);
  });

  it("waits once for all datagrams that arrived while it was busy", async () => {
    const ends: number[] = [];
    const world = new World({ seed: "cpu", network: { delay: constant(1) } });
    const costs: CostOptions = { kernel: { poll: 1, in: 4 }, calls: { send: [], receive: ["in"], wait: ["poll"] } };
    const machine = world.machine({
      name: "a",
      costs: { ...costs, calls: { ...costs.calls, setTimer: [], cancelTimer: [] } },
    });
    const host = machine.start((host) => host.listen(() => ends.push(host.now()))).life!;
    const sender = world.machine("b").start(ignore).life!;
    // One comes alone; three come while it is busy with that one; one more while it is busy with these.
    for (const time of [9, 10, 11, 12, 20, 40]) world.at(time, () => sender.send(host.address, Uint8Array.of(0)));
    await world.run();
    assert.deepEqual(ends, [15, 20, 24, 28, 33, 46]);
    assert.deepEqual(machine.cpu.calls, { in: 6, poll: 4 });
  });

  it("waits again when the known work is done or was cancelled", async () => {
    const ends: number[] = [];
    const world = new World({ seed: "cpu", network: { delay: constant(1) } });
    const calls = { send: [], receive: ["in"], wait: ["poll"], setTimer: [], cancelTimer: [] };
    const machine = world.machine({ name: "a", costs: { kernel: { poll: 1, in: 4 }, calls } });
    let timer = 0;
    const host = machine.start((host) => {
      timer = host.after(12, () => assert.fail("was cancelled"), undefined);
      host.listen((_from, [number]) => {
        ends.push(host.now());
        if (number === 1) host.cancel(timer);
      });
    }).life!;
    const sender = world.machine("b").start(ignore).life!;
    // At 15 it learns of the second datagram and the timer; the third comes while it is busy with the second.
    for (const [i, time] of [9, 10, 16].entries()) world.at(time, () => sender.send(host.address, Uint8Array.of(i)));
    await world.run();
    assert.deepEqual(ends, [15, 20, 25]);
    assert.deepEqual(machine.cpu.calls, { in: 3, poll: 3 });
  });

  it("does the turns of one arrival before the next", async () => {
    const log: [string, number][] = [];
    const { world, host } = withCpu((host) => {
      host.listen((from, data) => {
        log.push([`datagram ${data[0]!}`, host.now()]);
        host.turn(() => {
          host.send(from, data);
          log.push([`answer ${data[0]!}`, host.now()]);
          return false;
        }, undefined);
      });
    }, 1);
    const answers: number[] = [];
    const sender = world.machine("b").start((peer) => peer.listen(() => answers.push(world.now))).life!;
    for (const i of [0, 1]) world.at(0, () => sender.send(host.address, Uint8Array.of(i)));
    await world.run();
    assert.deepEqual(log, [
      ["datagram 0", 7],
      ["answer 0", 10.5],
      ["datagram 1", 16.5],
      ["answer 1", 20],
    ]);
    assert.deepEqual(answers, [11.5, 21]);
  });

  it("is charged with user time on request, also where nothing else costs", async () => {
    const world = new World({ seed: "charge" });
    const times: number[] = [];
    const machine = world.machine("a");
    const { address } = machine.start((host) => {
      host.listen(() => {
        machine.charge(4);
        times.push(host.now());
      });
    });
    const sender = world.machine("b").start(ignore).life!;
    for (let i = 0; i < 2; i++) world.at(0, () => sender.send(address, new Uint8Array(1)));
    await world.run();
    assert.deepEqual(times, [5, 9]);
    assert.deepEqual(machine.cpu, { kernel: 0, user: 8, calls: {} });
  });

  it("costs a client the published kernel time for each exchange", async () => {
    const world = new World({ seed: "vax" });
    const server = world.machine("server").start((host) => host.listen((from, data) => host.send(from, data)));
    const machine = world.machine({ name: "client", costs: vaxCosts });
    machine.start((host) => {
      let timer = 0;
      const exchange = (): void => {
        host.send(server.address, new Uint8Array(8));
        timer = host.after(1000, ignore, undefined);
      };
      host.listen(() => host.cancel(timer));
      host.after(0, exchange, undefined);
    });
    await world.run();
    const { kernel, calls } = machine.cpu;
    assert.deepEqual(calls, { sendmsg: 1, recvmsg: 1, select: 1, setitimer: 3, gettimeofday: 2, sigblock: 2 });
    // One exchange, and the timer of delay 0 that began it.
    assert.ok(Math.abs(kernel - (8.1 + 2.8 + 1.8 + 3 * 1.2 + 2 * (0.7 + 0.4))) < 1e-9, `${kernel} ms`);
  });

  it("is slower by a factor, from a moment on", async () => {
    const { world, machine, host } = withCpu(ignore);
    const done: number[] = [];
    const setTimer = (): void => {
      host.after(1, ignore, undefined);
      done.push(host.now());
    };
    world.at(0, () => host.send(host.address, new Uint8Array(1)));
    world.at(100, () => machine.slow(3));
    world.at(100, setTimer);
    world.at(200, () => machine.slow(1));
    world.at(200, setTimer);
    await world.run();
    assert.deepEqual(done, [104.5, 201.5]);
    assert.deepEqual([machine.cpu.kernel, machine.cpu.user], [3 + 3 + 1, 0.5 + 1.5 + 0.5]);
    assert.deepEqual(world.ledger.summary(), [{ name: "slow CPU", injected: 1, effective: 1 }]);
  });

  it("shows no effect of slowness if no operation takes time", async () => {
    const world = new World({ seed: "slow" });
    const machine = world.machine("a");
    machine.start((host) => host.after(1, ignore, undefined));
    machine.slow(10);
    machine.charge(0);
    await world.run();
    assert.deepEqual(world.ledger.idle(), [`The fault "slow CPU" occurred once but never had an effect.`]);
    assert.throws(() => machine.slow(0), { name: "BadData", message: /machine "a" slowed by 0/ });
  });

  it("drops its work in a crash: pending sends are lost, and a restarted process begins at once", async () => {
    const times: number[] = [];
    const { world, machine, host } = withCpu((host) => {
      if (host.incarnation === 2) host.after(1, () => times.push(host.now()), undefined);
    });
    const heard: number[] = [];
    const other = world.machine("b").start((peer) => peer.listen(() => heard.push(world.now))).address;
    world.at(0, () => {
      for (let i = 0; i < 3; i++) host.send(other, new Uint8Array(1));
    });
    world.at(5, () => machine.crash());
    world.at(6, () => machine.restart());
    await world.run();
    assert.deepEqual(heard, [13.5]);
    assert.deepEqual(times, [8.5]);
  });

  it("keeps up with any number of arrivals in bounded memory when it is always busy", async () => {
    let served = 0;
    const { world, host } = withCpu((host) => host.listen(() => served++), 1);
    const sender = world.machine("b").start(ignore).life!;
    const send = (): void => {
      sender.send(host.address, new Uint8Array(1));
      if (sender.now() < 60_000) sender.after(5.9, send, undefined);
    };
    world.at(0, send);
    await world.run();
    assert.equal(served, world.network.sent);
    assert.ok(world.now > 61_000, `ended at ${world.now}`);
  });
});

describe("the queue of a CPU", () => {
  it("agrees with a simple reference implementation of a queue", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 40 }), async (gaps) => {
        const done: number[] = [];
        const { world, host } = withCpu((host) => host.listen(() => done.push(host.now())), 1);
        const sender = world.machine("b").start(ignore).life!;
        const expected: number[] = [];
        let time = 0;
        for (const gap of gaps) {
          time += gap;
          world.at(time, () => sender.send(host.address, new Uint8Array(1)));
          expected.push(Math.max(time + 1, expected.at(-1) ?? 0) + 6);
        }
        await world.run();
        assert.deepEqual(done, expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("is as long as Pollaczek and Khinchine say for Poisson arrivals", async () => {
    let waited = 0;
    let served = 0;
    const arrivals: number[] = [];
    const { world, host } = withCpu((host) => {
      host.listen(() => {
        waited += host.now() - 6 - arrivals[served]!;
        served++;
      });
    }, 1);
    const sender = world.machine("b").start(ignore).life!;
    const gap = exponential(10);
    const send = (): void => {
      sender.send(host.address, new Uint8Array(1));
      arrivals.push(world.now + 1);
      sender.after(gap.draw(sender.random), send, undefined);
    };
    world.at(0, send);
    await world.run(400_000);
    // M/D/1: load 0.6, service 6 ms: mean wait 0.6 * 6 / (2 * 0.4) = 4.5 ms.
    assert.ok(served > 39_000 && Math.abs(waited / served - 4.5) < 0.25, `${waited / served} ms`);
  });
});

describe("a table of costs", () => {
  it("adds up the system calls of each operation", () => {
    const table = costTable(vaxCosts);
    assert.ok(Math.abs(table.send.kernel - 9.2) < 1e-12 && Math.abs(table.receive.kernel - 5.7) < 1e-12);
    assert.deepEqual(table.send.calls, circusCalls.send);
    // Per member: 17.3 ms, within a few percent of each published kernel figure.
    const member = table.send.kernel + table.receive.kernel + table.setTimer.kernel + table.cancelTimer.kernel;
    for (const [n, published] of [18.2, 35.2, 53.8, 70.4, 86.1].entries()) {
      assert.ok(Math.abs((member * (n + 1)) / published - 1) < 0.05);
    }
  });

  it("refuses unknown system calls and operations, and costs below 0", () => {
    const refused = (options: CostOptions, message: string): void =>
      assert.throws(() => costTable(options), { name: "BadData", message });
    refused({ kernel: { sendmsg: 1 } }, `system call "sigblock" of operation "send" has no cost: there are sendmsg.`);
    refused({ ...vaxCosts, user: -1 }, "cost of user time is -1 ms: expected a finite number of at least 0.");
    refused(
      { ...vaxCosts, calls: { recieve: [] } as never },
      `system calls of operation "recieve": expected one of send, receive, wait, setTimer, cancelTimer.`,
    );
  });
});
