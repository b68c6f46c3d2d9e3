import assert from "node:assert/strict";
import fc from "fast-check";
import { Timers } from "../../udp/timers.ts";
import { Turns } from "../../udp/turns.ts";

/** Time that stands still while timers are set, so that their times are known exactly. */
let still: number | undefined = undefined;
const now = (): number => still ?? performance.now();
const pass = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("timers of a real host", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  it("fire once, in the order of their times, never early, unless cancelled", async () => {
    const plans = fc.sample(
      fc.array(
        fc.record({
          delay: fc.oneof(fc.constantFrom(0, 5, 10), fc.double({ min: 0, max: 20, noNaN: true })),
          cancel: fc.boolean(),
        }),
        { minLength: 50, maxLength: 150 },
      ),
      { numRuns: 20, seed: 1 },
    );
    await Promise.all(
      plans.map(async (plan) => {
        const timers = new Timers(now, new Turns());
        const fired: number[] = [];
        const dues: number[] = [];
        still = performance.now();
        const names = plan.map(({ delay }, index) => {
          dues.push(now() + delay);
          return timers.after(
            delay,
            (subject: number) => {
              assert.ok(now() >= dues[subject]!, `timer ${subject} fired ${dues[subject]! - now()} ms early`);
              fired.push(subject);
            },
            index,
          );
        });
        plan.forEach(({ cancel }, index) => {
          if (cancel) timers.cancel(names[index]!);
        });
        still = undefined;
        await pass(100);
        const expected = plan.flatMap(({ cancel }, index) => (cancel ? [] : [index]));
        assert.deepEqual(new Set(fired), new Set(expected));
        assert.equal(fired.length, expected.length);
        for (let i = 1; i < fired.length; i++) assert.ok(dues[fired[i]!]! >= dues[fired[i - 1]!]!);
        timers.close();
      }),
    );
  });

  it("use slots again, under other names", () => {
    const timers = new Timers(now, new Turns());
    const names = new Set<number>();
    for (let i = 0; i < 10_000; i++) {
      const name = timers.after(1000, () => assert.fail("was cancelled"), undefined);
      names.add(name);
      timers.cancel(name);
      assert.ok(name % 2 ** 24 < 3);
    }
    assert.equal(names.size, 10_000);
    timers.close();
  });

  it("let the network be heard between a timer of no delay and the next that it sets", async () => {
    const timers = new Timers(now, new Turns());
    let rounds = 0;
    const again = (): void => {
      rounds++;
      timers.after(0, again, undefined);
    };
    timers.after(0, again, undefined);
    await pass(10);
    assert.ok(rounds > 1);
    timers.close();
    const closed = rounds;
    await pass(5);
    assert.equal(rounds, closed);
  });

  it("refuse delays that are negative or no numbers", () => {
    const timers = new Timers(now, new Turns());
    for (const delay of [-1, NaN, Infinity]) {
      assert.throws(() => timers.after(delay, () => {}, undefined), /finite delay of 0 or more/);
    }
  });
});
