import assert from "node:assert/strict";
import fc from "fast-check";
import { World } from "../../../sim/world.ts";
import { Engine, type Handle } from "../../../sim/engine/engine.ts";

/** The dumb twin of the engine: a sorted array, all else alike. */
class Twin {
  now = 0;
  private events: { time: number; sequence: number; fire: (label: number) => void; label: number }[] = [];
  private sequence = 0;

  get pending(): number {
    return this.events.length;
  }
  at(time: number, fire: (label: number) => void, label: number): Handle {
    this.events.push({ time, sequence: ++this.sequence, fire, label });
    this.events.sort((a, b) => a.time - b.time || a.sequence - b.sequence);
    return this.sequence;
  }
  after(delay: number, fire: (label: number) => void, label: number): Handle {
    return this.at(this.now + delay, fire, label);
  }
  cancel(handle: Handle): boolean {
    const before = this.events.length;
    this.events = this.events.filter((event) => event.sequence !== handle);
    return this.events.length < before;
  }
  run(until = Infinity): Promise<void> {
    while (this.events.length > 0 && this.events[0]!.time <= until) {
      const event = this.events.shift()!;
      this.now = event.time;
      event.fire(event.label);
    }
    if (until < Infinity) this.now = until;
    return Promise.resolve();
  }
}

type Action = { kind: "at"; offset: number } | { kind: "after"; delay: number } | { kind: "cancel"; handle: number };

const action = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("at" as const), offset: fc.integer({ min: 0, max: 6 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("after" as const),
      // Few delays, so that lanes form and times tie; and some that come once.
      delay: fc.oneof(fc.constantFrom(0, 1, 2, 5, 5, 5, 0.1), fc.double({ min: 0, max: 8, noNaN: true })),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("cancel" as const), handle: fc.nat() }) },
);

/** Carries out a script, a few actions at the start and in every event, and writes down all that can be seen of it. */
async function log(engine: Twin | Engine, script: readonly Action[][], untils: readonly number[]): Promise<string[]> {
  const seen: string[] = [];
  const handles: Handle[] = [];
  let step = 0;
  const act = (): void => {
    for (const todo of script[step++] ?? []) {
      const label = handles.length;
      if (todo.kind === "at") handles.push(engine.at(engine.now + todo.offset, fire, label));
      else if (todo.kind === "after") handles.push(engine.after(todo.delay, fire, label));
      else if (handles.length > 0) {
        const which = todo.handle % handles.length;
        seen.push(`cancel ${which}: ${engine.cancel(handles[which]!)}`);
      }
    }
  };
  const fire = (label: number): void => {
    // By now the event's own handle is stale.
    seen.push(`${label} at ${engine.now}, ${engine.pending} pending, ${engine.cancel(handles[label]!)}`);
    act();
  };
  act();
  for (const until of untils) {
    await engine.run(engine.now + until);
    seen.push(`now ${engine.now}, ${engine.pending} pending`);
    act();
  }
  await engine.run();
  seen.push(`end ${engine.now}, ${engine.pending} pending`);
  return seen;
}

describe("Engine", () => {
  it("fires events in the order of a sorted array, whatever is scheduled and cancelled", async () => {
    const scripts = fc.array(fc.array(action, { maxLength: 12 }), { minLength: 1, maxLength: 60 });
    const untils = fc.array(fc.constantFrom(0, 0.5, 1, 3), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(scripts, untils, async (script, stops) => {
        assert.deepEqual(await log(new Engine(), script, stops), await log(new Twin(), script, stops));
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it("keeps that order when many events are pending and most are cancelled", async () => {
    const first = fc.array(action, { minLength: 200, maxLength: 1500, size: "max" });
    await fc.assert(
      fc.asyncProperty(first, fc.array(fc.array(action, { maxLength: 3 }), { maxLength: 100 }), async (many, rest) => {
        const script = [many, ...rest];
        assert.deepEqual(await log(new Engine(), script, [2]), await log(new Twin(), script, [2]));
      }),
      { numRuns: 25, seed: 2 },
    );
  });

  it("fires events of one time in the order in which they were scheduled, in lanes and out of them", async () => {
    const engine = new Engine();
    const fired: number[] = [];
    const fire = (n: number): unknown => fired.push(n);
    for (let n = 0; n < 100; n++) {
      if (n % 2 === 0) engine.after(7, fire, n);
      else engine.at(7, fire, n);
    }
    await engine.run();
    assert.deepEqual(fired, [...Array(100).keys()]);
  });

  it("keeps their order with more recurring delays than there can be lanes", async () => {
    const engine = new Engine();
    const due: { time: number; n: number }[] = [];
    const fired: number[] = [];
    const schedule = (delay: number): void => {
      due.push({ time: engine.now + delay, n: due.length });
      engine.after(delay, (n) => fired.push(n), due.length - 1);
    };
    // Each delay comes often enough for a lane while all others' events are still to come.
    for (let n = 0; n < 200; n++) for (let times = 0; times < 40; times++) schedule(1000 - 3.7 * n);
    await engine.run();
    const expected = due.toSorted((a, b) => a.time - b.time || a.n - b.n).map(({ n }) => n);
    assert.deepEqual(fired, expected);
  });

  it("runs up to and including a time, and continues from there", async () => {
    const engine = new Engine();
    const fired: number[] = [];
    for (const time of [1, 2, 3, 4]) engine.at(time, (n) => fired.push(n), time);
    await engine.run(2);
    assert.deepEqual([fired, engine.now, engine.pending, engine.executed], [[1, 2], 2, 2, 2]);
    await engine.run(3.5);
    assert.deepEqual([fired, engine.now], [[1, 2, 3], 3.5]);
    await engine.run();
    assert.deepEqual([fired, engine.now, engine.pending, engine.executed], [[1, 2, 3, 4], 4, 0, 4]);
    await engine.run(10);
    assert.equal(engine.now, 10);
  });

  it("refuses times that are past, not finite or not numbers", async () => {
    const engine = new Engine();
    await engine.run(5);
    const nothing = (): void => {};
    for (const time of [4.999, -1, NaN, Infinity]) assert.throws(() => engine.at(time, nothing, 0), RangeError);
    for (const delay of [-1e-9, NaN, Infinity]) assert.throws(() => engine.after(delay, nothing, 0), RangeError);
    await assert.rejects(engine.run(4), RangeError);
    await assert.rejects(engine.run(NaN), RangeError);
    assert.equal(engine.pending, 0);
  });

  it("ignores the cancellation of stale, zero or unknown handles", async () => {
    const engine = new Engine();
    const nothing = (): void => {};
    const old = engine.after(1, nothing, 0);
    assert.notEqual(old, 0);
    assert.equal(engine.cancel(old), true);
    assert.equal(engine.cancel(old), false);
    // The same place in memory is used again many times; the old handle must never touch the new events.
    for (let n = 0; n < 5000; n++) {
      engine.after(n % 3, nothing, 0);
      assert.equal(engine.cancel(old), false);
      if (n % 2 === 0) await engine.run(engine.now + 1);
    }
    for (let n = 0; n < 500; n++) assert.equal(engine.cancel(n), false);
    assert.equal(engine.cancel(1e15), false);
  });

  it("needs no memory for events that were cancelled, whatever their delays", () => {
    const engine = new Engine();
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 200_000; n++) engine.cancel(engine.after(1000 + n / 7, () => {}, null));
    assert.ok(process.memoryUsage().arrayBuffers - before < 2e6);
  });

  it("skips a long time in which all events were cancelled", async () => {
    const engine = new Engine();
    const handles: Handle[] = [];
    for (let time = 0; time < 200_000; time++) handles.push(engine.at(time, () => {}, null));
    await engine.run(10);
    for (let time = 50_000; time < 140_000; time++) engine.cancel(handles[time]!);
    await engine.run();
    assert.deepEqual([engine.now, engine.executed], [199_999, 110_000]);
  });

  it("keeps no reference to the subjects of fired or cancelled events", async function () {
    if (globalThis.gc === undefined) {
      const { setFlagsFromString } = await import("node:v8");
      const { runInNewContext } = await import("node:vm");
      setFlagsFromString("--expose-gc");
      globalThis.gc = runInNewContext("gc") as NodeJS.GCFunction;
    }
    const engine = new Engine();
    const refs: WeakRef<object>[] = [];
    const schedule = (n: number): void => {
      const subject = { n };
      refs.push(new WeakRef(subject));
      if (n % 4 === 0) engine.after(3, () => {}, subject);
      else if (n % 4 === 1) engine.at(n, () => {}, subject);
      else if (n % 4 === 2) engine.cancel(engine.after(3, () => {}, subject));
      else engine.turn(() => false, subject);
    };
    for (let n = 0; n < 200; n++) schedule(n);
    engine.at(1000, () => {}, null);
    await engine.run(500);
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc!();
    assert.equal(refs.filter((ref) => ref.deref() !== undefined).length, 0);
  });

  it("rejects the run with the error of an event or a turn, and can continue", async () => {
    const engine = new Engine();
    const fired: string[] = [];
    engine.at(1, () => assert.fail("in an event"), null);
    engine.at(2, () => engine.turn(() => assert.fail("in a turn"), null), null);
    engine.at(3, () => fired.push("third"), null);
    await assert.rejects(engine.run(), /in an event/);
    assert.equal(engine.now, 1);
    await assert.rejects(engine.run(), /in a turn/);
    assert.equal(engine.now, 2);
    await engine.run();
    assert.deepEqual([fired, engine.now, engine.executed], [["third"], 3, 3]);
  });

  it("stops after the present event, before its turns", async () => {
    const engine = new Engine();
    const fired: string[] = [];
    engine.at(
      1,
      () => {
        engine.turn(() => fired.push("turn") < 0, null);
        engine.stop();
      },
      null,
    );
    engine.at(1, () => fired.push("event"), null);
    await engine.run(9);
    assert.deepEqual([fired, engine.now, engine.pending], [[], 1, 1]);
    await engine.run(9);
    assert.deepEqual([fired, engine.now], [["turn", "event"], 9]);
  });

  it("refuses a run inside a run", async () => {
    const engine = new Engine();
    let inner: Promise<void> | undefined;
    engine.turn(() => {
      inner = engine.run();
      return true;
    }, null);
    await engine.run();
    await assert.rejects(inner!, /running already/);
  });
});

describe("Engine.turn", () => {
  it("runs turns after the event that asked for them, one by one, with all promise jobs between", async () => {
    const engine = new Engine();
    const seen: string[] = [];
    const chain = async (label: string): Promise<void> => {
      for (let depth = 0; depth < 50; depth++) await Promise.resolve();
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      seen.push(label);
      if (label === "first") engine.turn(turn, "from a promise job");
    };
    const turn = (label: string): boolean => {
      seen.push(`turn ${label}`);
      void chain(label);
      return true;
    };
    engine.turn(turn, "before");
    engine.at(
      1,
      () => {
        engine.turn(turn, "first");
        engine.turn(turn, "second");
        seen.push("event 1");
      },
      null,
    );
    engine.at(1, () => seen.push("event 2"), null);
    await engine.run();
    assert.deepEqual(seen, [
      "turn before",
      "before",
      "event 1",
      "turn first",
      "first",
      "turn second",
      "second",
      "turn from a promise job",
      "from a promise job",
      "event 2",
    ]);
  });

  it("stays synchronous as long as no turn leaves promise jobs", () => {
    const engine = new Engine();
    let fired = 0;
    for (let n = 0; n < 10; n++) engine.after(n, () => engine.turn(() => ++fired < 0, null), null);
    void engine.run();
    assert.equal(fired, 10);
  });

  it("carries an async function from event to event at simulated times", async () => {
    const engine = new Engine();
    const sleep = (delay: number): Promise<void> =>
      new Promise((resolve) => engine.after(delay, () => engine.turn(() => (resolve(), true), null), null));
    const times: number[] = [];
    const sleeper = async (delay: number): Promise<void> => {
      for (let n = 0; n < 20; n++) {
        await sleep(delay);
        times.push(engine.now);
      }
    };
    engine.turn(() => (void sleeper(3), true), null);
    engine.turn(() => (void sleeper(5), true), null);
    await engine.run();
    const expected = [...Array(20).keys()].flatMap((n) => [3 * (n + 1), 5 * (n + 1)]).sort((a, b) => a - b);
    assert.deepEqual(times, expected);
  });
});

describe("what never ends in simulated time", () => {
  it("is named with its time and its event, if events without delay make one another", async () => {
    const engine = new Engine(1000);
    const again = (): void => void engine.after(0, again, null);
    engine.at(7, again, null);
    await assert.rejects(engine.run(), /^Error: at 7 ms, 1000 events without delay: .* the last is again$/);
  });

  it("is named if turns make one another", async () => {
    const engine = new Engine(1000);
    const again = (): boolean => (engine.turn(again, null), false);
    engine.at(7, () => engine.turn(again, null), null);
    await assert.rejects(engine.run(), /^Error: at 7 ms, 1000 turns without delay: .* the last is again$/);
  });

  it("is not many events at one time", async () => {
    const engine = new Engine(1000);
    for (let i = 0; i < 1000; i++) engine.at(7, () => undefined, null);
    for (let i = 0; i < 1000; i++) engine.at(8, () => undefined, null);
    await engine.run();
    assert.equal(engine.executed, 2000);
  });

  it("is named if 1 ms is lost in the clock", async () => {
    const engine = new Engine();
    const late = (): void => undefined;
    engine.at(2 ** 53, late, null);
    await assert.rejects(engine.run(), /^Error: late at 9007199254740992 ms: 1 ms is lost/);
  });

  it("is named with the machine and the timer", async () => {
    const world = new World({ seed: "late" });
    world.machine("clock").start((host) => host.after(2 ** 60, function strike() {}, undefined));
    await assert.rejects(world.run(), /^Error: strike on clock at 1152921504606847000 ms/);
  });
});
