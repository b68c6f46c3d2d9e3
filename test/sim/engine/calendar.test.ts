import assert from "node:assert/strict";
import fc from "fast-check";
import { Calendar } from "../../../sim/engine/calendar.ts";
import { Slots } from "../../../sim/engine/slots.ts";

/** The dumb twin of the calendar: a sorted array of what is alive. */
class Twin {
  private readonly entries: { time: number; sequence: number }[] = [];

  put(time: number, sequence: number): void {
    let at = this.entries.length;
    while (at > 0 && this.entries[at - 1]!.time > time) at--;
    this.entries.splice(at, 0, { time, sequence });
  }
  take(): number {
    return this.entries.shift()?.sequence ?? -1;
  }
  kill(sequence: number): boolean {
    const at = this.entries.findIndex((entry) => entry.sequence === sequence);
    if (at >= 0) this.entries.splice(at, 1);
    return at >= 0;
  }
}

/** Ways in which times spread: what makes days even, crowded, empty, tied or too short to tell apart. */
const spreads: Record<string, (u: number) => number> = {
  even: (u) => u,
  exponential: (u) => -Math.log(1 - u),
  tied: (u) => Math.floor(4 * u),
  "tied but for a few": (u) => (u < 0.9 ? 1 : u),
  "near and very far": (u) => (u < 0.7 ? u : 1e9 * u),
  "a few very far": (u) => (u < 0.99 ? u : 1e12),
  "heavy tail": (u) => (1 - u) ** -3,
  "too short to tell apart": (u) => 1e15 + Math.floor(3 * u) / 8,
};

/** Puts `size` slots, then takes, kills and puts at random; all that is taken must be what the twin takes. */
function compare(seed: number, size: number, steps: number, spread: (u: number) => number, kills: number): void {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const slots = new Slots();
  const calendar = new Calendar(slots);
  const twin = new Twin();
  const slotOf: number[] = [];
  let now = 0;
  const put = (): void => {
    const time = now + spread(uniform());
    const sequence = slotOf.length;
    const slot = slots.occupy(() => {}, undefined);
    slots.stamp(slot, time, sequence);
    calendar.put(slot);
    twin.put(time, sequence);
    slotOf.push(slot);
  };
  const take = (): void => {
    let slot = calendar.take();
    for (; slot >= 0 && slots.fire(slot) === undefined; slot = calendar.take()) {
      calendar.unbury();
      slots.release(slot);
    }
    const expected = twin.take();
    assert.equal(slot < 0 ? -1 : slots.sequence(slot), expected);
    if (slot < 0) return;
    now = slots.time(slot);
    slots.kill(slot);
    slots.release(slot);
  };
  const kill = (): void => {
    const sequence = Math.floor(uniform() * slotOf.length);
    if (!twin.kill(sequence)) return;
    slots.kill(slotOf[sequence]!);
    calendar.bury();
  };
  for (let n = 0; n < size; n++) put();
  for (let n = 0; n < steps; n++) {
    const u = uniform();
    if (u < kills) kill();
    else if (u < 0.5 + kills / 2) put();
    else take();
  }
  for (let n = 0; n <= size + steps; n++) take();
}

describe("Calendar", () => {
  for (const [name, spread] of Object.entries(spreads)) {
    it(`takes slots in the order of a sorted array, times ${name}`, () => {
      const sizes = fc.constantFrom(0, 10, 100, 500, 1500);
      fc.assert(
        fc.property(fc.nat(), sizes, fc.constantFrom(0, 0.1, 0.45), (seed, size, kills) =>
          compare(seed, size, 2 * size + 100, spread, kills),
        ),
        { numRuns: 12, seed: 3 },
      );
    });
  }

  it("keeps its order while the spread of times changes", () => {
    const all = Object.values(spreads).slice(0, 6);
    let n = 0;
    compare(7, 1000, 8000, (u) => all[Math.floor(n++ / 700) % all.length]!(u), 0.2);
  });

  it("removes cancelled events when there are many", () => {
    const slots = new Slots();
    const calendar = new Calendar(slots);
    let highest = 0;
    for (let n = 0; n < 10_000; n++) {
      const slot = slots.occupy(() => {}, undefined);
      slots.stamp(slot, n, n);
      calendar.put(slot);
      slots.kill(slot);
      calendar.bury();
      highest = Math.max(highest, slot);
    }
    assert.ok(highest < 100, `${highest} slots`);
  });

  it("takes many events of one time without a search through all of them", function () {
    this.timeout(10_000);
    const slots = new Slots();
    const calendar = new Calendar(slots);
    const size = 100_000;
    for (let n = 0; n < size; n++) {
      const slot = slots.occupy(() => {}, undefined);
      slots.stamp(slot, 1, n);
      calendar.put(slot);
    }
    for (let n = 0; n < size; n++) {
      assert.equal(slots.sequence(calendar.take()), n);
      const slot = slots.occupy(() => {}, undefined);
      slots.stamp(slot, 1, size + n);
      calendar.put(slot);
    }
  });
});
