/** Machines: crash and restart, pause, skewed clocks, and what they leave behind. */
import assert from "node:assert/strict";
import type { Host } from "../../../protocols/host.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import { World } from "../../../sim/world.ts";

const ticking = (log: (host: Host) => void): ((host: Host) => void) => {
  const tick = (host: Host): void => {
    log(host);
    host.after(10, tick, host);
  };
  return (host) => void host.after(10, tick, host);
};

describe("a machine that crashes", () => {
  it("never resumes its old processes: their timers, turns, promises and sends are gone", async () => {
    const world = new World({ seed: "crash" });
    const log: string[] = [];
    const machine = world.machine("a");
    const process = machine.start((host) => {
      const life = host.incarnation;
      host.after(20, () => log.push(`timer of ${life}`), undefined);
      const resumed = new Promise<void>((resolve) => {
        const resume = (): boolean => {
          resolve();
          return true;
        };
        host.after(14, () => host.turn(resume, undefined), undefined);
      });
      void resumed.then(() => log.push(`promise of ${life}`));
    });
    const old = process.life!;
    world.at(10, () => {
      old.turn(() => log.push("turn") > 0, undefined);
      machine.crash();
      old.send(old.address, Uint8Array.of(1));
      assert.equal(
        old.after(1, () => log.push("set when dead"), undefined),
        0,
      );
      assert.equal(process.life, undefined);
    });
    world.at(12, () => machine.restart());
    await world.run();
    assert.deepEqual(log, ["promise of 2", "timer of 2"]);
    assert.equal(process.life!.incarnation, 2);
    assert.equal(world.network.sent, 0);
  });

  it("loses datagrams that arrive while it is down; a restarted process receives datagrams still under way", async () => {
    const world = new World({ seed: "crash" });
    const heard: [number, number][] = [];
    const machine = world.machine("a");
    const process = machine.start((host) => host.listen((_from, data) => heard.push([host.incarnation, data[0]!])));
    const sender = world.machine("b").start(() => {}).life!;
    for (const time of [0, 1.5, 2.5]) world.at(time, () => sender.send(process.address, Uint8Array.of(time * 2)));
    world.at(2, () => machine.crash());
    world.at(3, () => machine.restart());
    await world.run();
    assert.deepEqual(heard, [
      [1, 0],
      [2, 5],
    ]);
    assert.deepEqual(world.network.dropped, { "machine-down": 1 });
  });

  it("starts its processes again in order, those started while it was down too, but not those that were stopped", () => {
    const world = new World({ seed: "start" });
    const started: string[] = [];
    const machine = world.machine("a");
    const main =
      (name: string) =>
      (host: Host): void =>
        void started.push(`${name}${host.incarnation}`);
    machine.start(main("x"));
    const y = machine.start(main("y"));
    machine.crash();
    machine.start(main("z"));
    y.stop();
    machine.restart();
    assert.deepEqual(started, ["x1", "y1", "x2", "z1"]);
    y.restart();
    assert.deepEqual(started.at(-1), "y2");
    machine.restart();
    assert.equal(started.length, 5);
  });

  it("is down as long as any cause holds it", () => {
    const world = new World({ seed: "causes" });
    const machine = world.machine("a");
    machine.start(() => {});
    const [rack, disk] = [world.ledger.fault("rack"), world.ledger.fault("disk")];
    machine.takeDown(rack, rack);
    machine.takeDown(disk, disk);
    machine.bringUp(rack);
    assert.equal(machine.up, false);
    machine.bringUp(disk);
    assert.equal(machine.up, true);
    machine.takeDown(rack, rack);
    machine.restart();
    assert.equal(machine.up, true);
    assert.deepEqual(world.ledger.summary(), [
      { name: "rack", injected: 2, effective: 2 },
      { name: "disk", injected: 1, effective: 0 },
    ]);
  });

  it("without processes shows no effect in the ledger", () => {
    const world = new World({ seed: "idle" });
    world.machine("a").crash();
    assert.deepEqual(world.ledger.idle(), [`The fault "crash" occurred once but never had an effect.`]);
  });

  it("is traced, and so are the lives of its processes", () => {
    const world = new World({ seed: "trace" });
    const events: StampedEvent[] = [];
    world.listen((event) => events.push(event));
    const machine = world.machine("a");
    machine.start(() => {});
    machine.crash();
    machine.restart();
    const stamp = { time: 0, machine: "a" };
    assert.deepEqual(events, [
      { ...stamp, address: 1, incarnation: 1, event: { type: "start" } },
      { ...stamp, address: 0, incarnation: 0, event: { type: "crash" } },
      { ...stamp, address: 1, incarnation: 1, event: { type: "end", reason: "crash" } },
      { ...stamp, address: 0, incarnation: 0, event: { type: "restart" } },
      { ...stamp, address: 1, incarnation: 2, event: { type: "start" } },
    ]);
  });

  it("gives each restarted process random numbers of its own", () => {
    const draws: number[] = [];
    const machine = new World({ seed: "lives" }).machine("a");
    machine.start((host) => draws.push(host.random.next()));
    machine.start((host) => draws.push(host.random.next()));
    machine.crash();
    machine.restart();
    assert.equal(new Set(draws).size, 4);
  });
});

describe("a machine that pauses", () => {
  function paused(): { world: World; machine: Machine; log: [number, string][]; send: (text: string) => void } {
    const world = new World({ seed: "pause" });
    const log: [number, string][] = [];
    const machine = world.machine("a");
    const process = machine.start((host) => {
      host.listen((_from, data) => log.push([world.now, `datagram ${data[0]!}`]));
      host.after(12, () => log.push([world.now, "timer"]), undefined);
    });
    const sender = world.machine("b").start(() => {}).life!;
    return { world, machine, log, send: (text) => sender.send(process.address, Uint8Array.of(Number(text))) };
  }

  it("keeps arrivals and timers waiting, in order, until it resumes", async () => {
    const { world, machine, log, send } = paused();
    world.at(5, () => machine.pause());
    for (const time of [1, 10, 12]) world.at(time, () => send(String(time)));
    world.at(20, () => machine.resume());
    await world.run();
    assert.deepEqual(log, [
      [2, "datagram 1"],
      [20, "datagram 10"],
      [20, "timer"],
      [20, "datagram 12"],
    ]);
    assert.deepEqual(world.ledger.summary(), [{ name: "pause", injected: 1, effective: 1 }]);
  });

  it("processes one waiting event at a time after it resumed, with all turns before the next", async () => {
    const world = new World({ seed: "turns" });
    const log: string[] = [];
    const machine = world.machine("a");
    machine.start((host) => {
      for (const name of ["first", "second"]) {
        host.after(
          1,
          () => {
            log.push(name);
            host.turn(() => log.push(`turn of ${name}`) < 0, undefined);
          },
          undefined,
        );
      }
    });
    machine.pause();
    world.at(5, () => machine.resume());
    await world.run();
    assert.deepEqual(log, ["first", "turn of first", "second", "turn of second"]);
  });

  it("lets an earlier event cancel a waiting timer", async () => {
    const world = new World({ seed: "cancel" });
    const log: string[] = [];
    const machine = world.machine("a");
    machine.start((host) => {
      const late = host.after(2, () => log.push("late"), undefined);
      host.after(1, () => host.cancel(late), undefined);
    });
    machine.pause();
    world.at(5, () => machine.resume());
    await world.run();
    assert.deepEqual(log, []);
  });

  it("loses waiting events when it crashes, and is not paused after its restart", async () => {
    const { world, machine, log, send } = paused();
    machine.pause();
    send("7");
    world.at(5, () => machine.crash());
    world.at(6, () => machine.restart());
    world.at(7, () => send("8"));
    await world.run();
    assert.deepEqual(log, [
      [8, "datagram 8"],
      [18, "timer"],
    ]);
    assert.deepEqual(world.network.dropped, { crash: 1 });
  });

  it("shows no effect when nothing waited", async () => {
    const { world, machine } = paused();
    machine.pause();
    machine.resume();
    await world.run();
    assert.deepEqual(world.ledger.idle(), [`The fault "pause" occurred once but never had an effect.`]);
  });
});

describe("a machine with a skewed clock", () => {
  it("shows its offset and drift, and sets timers by it", async () => {
    const world = new World({ seed: "skew" });
    const ticks: [number, number][] = [];
    const machine = world.machine({ name: "a", skew: { offset: 1000, drift: 0.25 } });
    machine.start(ticking((host) => ticks.push([world.now, host.now()])));
    await world.run(32);
    assert.deepEqual(
      ticks,
      [8, 16, 24, 32].map((time, i) => [time, 1010 + 10 * i]),
    );
    machine.skewClock({ drift: -0.5, leap: 5 });
    await world.run(53);
    // The timer that ran keeps its time; the clock says 1045 at 32 and runs at half speed.
    assert.deepEqual(ticks.slice(4), [[40, 1049]]);
    assert.deepEqual(world.ledger.summary(), [{ name: "clock skew", injected: 1, effective: 1 }]);
  });

  it("never has a timer fire early by its own clock", async () => {
    const world = new World({ seed: "rounding" });
    let early = 0;
    let fired = 0;
    world.machine({ skew: { offset: 0.1, drift: 1e-5 } }).start((host) => {
      const again = (deadline: number): void => {
        fired++;
        if (host.now() < deadline) early++;
        const delay = 0.1 + (fired % 97) / 7;
        host.after(delay, again, host.now() + delay);
      };
      host.after(0, again, host.now());
    });
    await world.run(50_000);
    assert.ok(fired > 5000);
    assert.equal(early, 0);
  });

  it("shows no effect in the ledger until its clock is read", () => {
    const world = new World({ seed: "idle" });
    world.machine({ skew: { drift: 0.1 } }).start(() => {});
    assert.deepEqual(world.ledger.idle(), [`The fault "clock skew" occurred once but never had an effect.`]);
  });

  it("is refused with a drift or leap that would run backwards", () => {
    const world = new World({ seed: "bad" });
    assert.throws(() => world.machine({ skew: { drift: -1 } }), { name: "BadData", message: /clock with drift -1/ });
    const machine = world.machine("a");
    assert.throws(() => machine.skewClock({ leap: -1 }), { name: "BadData", message: /clock with a leap of -1 ms/ });
  });
});

describe("a world", () => {
  it("names machines by index unless told, and refuses a name twice", () => {
    const world = new World({ seed: "names" });
    assert.deepEqual([world.machine().name, world.machine("x").name, world.machine().name], ["m0", "x", "m2"]);
    assert.throws(() => world.machine("x"), /machine "x": the world has one of this name already/);
    assert.equal(world.named("m2").index, 2);
  });

  it("runs scripted actions at their times, async ones by turns, and rejects with what they throw", async () => {
    const world = new World({ seed: "actions" });
    const log: string[] = [];
    world.at(5, async () => {
      await Promise.resolve();
      log.push(`async at ${world.now}`);
    });
    world.at(5, () => log.push(`sync at ${world.now}`));
    world.after(6, () => Promise.reject(new Error("scenario failed")));
    world.after(7, () => log.push("later"));
    await assert.rejects(world.run(), /scenario failed/);
    assert.deepEqual(log, ["async at 5", "sync at 5"]);
    await world.run();
    assert.deepEqual(log.at(-1), "later");
  });

  it("resumes what awaits a promise at the time of the action that resolves it", async () => {
    const world = new World({ seed: "sleep" });
    const log: number[] = [];
    for (let time = 1; time < 20; time++) world.at(time, () => {});
    world.at(0, async () => {
      await new Promise<void>((resolve) => world.after(10, resolve));
      log.push(world.now);
    });
    await world.run();
    assert.deepEqual(log, [10]);
  });

  it("allows at most 255 processes on a machine", () => {
    const machine = new World({ seed: "ports" }).machine("a");
    const last = Array.from({ length: 255 }, () => machine.start(() => {})).at(-1)!;
    assert.equal(last.address, 255);
    assert.throws(() => machine.start(() => {}), /machine "a" has no free port/);
  });
});
