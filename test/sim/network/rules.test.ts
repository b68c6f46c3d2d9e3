/** Each fault rule by itself: a function from packets and a stream to fates. */
import assert from "node:assert/strict";
import { constant } from "../../../sim/chance/distribution.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Stream } from "../../../sim/chance/random.ts";
import {
  bursty,
  corrupting,
  duplicating,
  limited,
  lossy,
  reordered,
  rulesOf,
  serialized,
  type Fate,
  type Packet,
  type Rule,
} from "../../../sim/network/rules.ts";

const fresh = (): Fate => ({ delay: 0, lost: undefined, corrupted: false, held: false, echo: -1 });
const packet = (time = 0, bytes = 100, shared = false): Packet => ({ time, bytes, shared });

/** Fates of many packets on one link, and whether the rule says that it acted. */
function judged(rule: Rule, packets: number): { fate: Fate; acted: boolean }[] {
  const judge = rule.open(0, 1, new Stream("link").fork(rule.name));
  return Array.from({ length: packets }, (_, i) => {
    const fate = fresh();
    return { acted: judge(packet(i), fate), fate };
  });
}

/** The count of successes lies within 3.9 standard deviations: missed with probability 1e-4. */
function assertFrequency(successes: number, trials: number, probability: number): void {
  const spread = Math.sqrt(trials * probability * (1 - probability));
  assert.ok(Math.abs(successes - trials * probability) < 3.9 * spread, `${successes} of ${trials}`);
}

describe("fault rules", () => {
  const many = 20_000;

  it("lose with the given probability, and say so", () => {
    const fates = judged(lossy(0.1), many);
    assertFrequency(fates.filter(({ fate }) => fate.lost === "loss").length, many, 0.1);
    assert.ok(fates.every(({ fate, acted }) => acted === (fate.lost === "loss")));
  });

  it("lose all or nothing at probabilities 1 and 0", () => {
    assert.ok(judged(lossy(1), 100).every(({ fate }) => fate.lost === "loss"));
    assert.ok(judged(lossy(0), 100).every(({ fate }) => fate.lost === undefined));
  });

  it("lose in bursts: as often as the chain is in its bad state, for runs of the right length", () => {
    const lost = judged(bursty({ begin: 0.02, end: 0.25 }), 100_000).map(({ fate }) => fate.lost === "burst-loss");
    const runs = lost.filter((is, i) => is && lost[i - 1] !== true).length;
    const losses = lost.filter(Boolean).length;
    // Stationary share begin / (begin + end); geometric runs of mean 1 / end.
    assert.ok(Math.abs(losses / lost.length - 0.02 / 0.27) < 0.01, `share ${losses / lost.length}`);
    assert.ok(Math.abs(losses / runs - 4) < 0.4, `run ${losses / runs}`);
  });

  it("corrupt with the given probability", () => {
    assertFrequency(judged(corrupting(0.2), many).filter(({ fate }) => fate.corrupted).length, many, 0.2);
  });

  it("duplicate with the given probability, with a drawn lag", () => {
    const echoes = judged(duplicating(0.3, exponential(5)), many).filter(({ fate }) => fate.echo >= 0);
    assertFrequency(echoes.length, many, 0.3);
    const mean = echoes.reduce((sum, { fate }) => sum + fate.echo, 0) / echoes.length;
    assert.ok(Math.abs(mean - 5) < (3.9 * 5) / Math.sqrt(echoes.length));
  });

  it("hold packets back with the given probability", () => {
    const held = judged(reordered(0.25, constant(7)), many).filter(({ fate }) => fate.held);
    assertFrequency(held.length, many, 0.25);
    assert.ok(held.every(({ fate, acted }) => acted && fate.delay === 7));
  });

  it("drop exactly the packets above the MTU", () => {
    const judge = limited(1500).open(0, 1, new Stream(""));
    const fates = [1500, 1501].map((bytes) => {
      const fate = fresh();
      judge(packet(0, bytes), fate);
      return fate.lost;
    });
    assert.deepEqual(fates, [undefined, "mtu"]);
  });

  it("draw also for packets that are already lost, so that rules do not shift each other's random numbers", () => {
    const drawsOfPacket: readonly (readonly [Rule, number])[] = [
      [lossy(0.5), 1],
      [bursty({ begin: 0.5, end: 0.5, bad: 0.5, good: 0.5 }), 2],
      [corrupting(0.5), 1],
      [duplicating(0.5, constant(1)), 1],
      [reordered(0.5, constant(1)), 1],
    ];
    for (const [rule, draws] of drawsOfPacket) {
      const random = new Stream(rule.name);
      const judge = rule.open(0, 1, random);
      const before = new Stream(rule.name);
      for (let i = 0; i < 3; i++) judge(packet(), { ...fresh(), lost: "mtu" });
      for (let i = 0; i < 3 * draws; i++) before.next();
      assert.equal(random.next(), before.next(), rule.name);
    }
  });

  it("refuse what is no probability", () => {
    assert.throws(() => lossy(1.5), {
      name: "BadData",
      message: /"loss" with probability 1.5: expected a number from 0 to 1/,
    });
    assert.throws(() => bursty({ begin: 0.1, end: NaN }), { name: "BadData" });
    assert.throws(() => serialized({ bitsPerSecond: 0, of: "link" }), { name: "BadData" });
  });

  it("are made from options in a fixed order, and none from probability 0", () => {
    const options = {
      loss: 0.1,
      corruption: 0.1,
      duplication: 0.1,
      reordering: 0.1,
      mtu: 100,
      burstLoss: { begin: 0.1, end: 0.1 },
      bandwidth: { bitsPerSecond: 1e6, of: "link" },
    } as const;
    const names = (rules: Rule[]): string[] => rules.map(({ name }) => name);
    assert.deepEqual(names(rulesOf(options, constant(1))), [
      "mtu",
      "bandwidth",
      "loss",
      "burst-loss",
      "corruption",
      "reordering",
      "duplication",
    ]);
    const none = { loss: 0, corruption: 0, duplication: 0, reordering: 0 };
    assert.deepEqual(names(rulesOf(none, constant(1))), []);
  });
});

describe("bandwidth", () => {
  /** 1 Mbit/s: 125 bytes a ms. */
  const line = { bitsPerSecond: 1e6, overhead: 25 } as const;
  const delays = (rule: Rule, packets: readonly (readonly [from: number, to: number, packet: Packet])[]): number[] =>
    packets.map(([from, to, each]) => {
      const fate = fresh();
      rule.open(from, to, new Stream("")).call(undefined, each, fate);
      return fate.lost === undefined ? fate.delay : -1;
    });

  it("of a link carries one packet after another, with its overhead", () => {
    const judge = serialized({ ...line, of: "link" }).open(0, 1, new Stream(""));
    const fates = [0, 0.5, 10].map((time) => {
      const fate = fresh();
      return [judge(packet(time), fate), fate.delay];
    });
    assert.deepEqual(fates, [
      [false, 1],
      [true, 1.5],
      [false, 1],
    ]);
  });

  it("of a sender is shared by all its links; a multicast takes it once", () => {
    assert.deepEqual(
      delays(serialized({ ...line, of: "sender" }), [
        [0, 1, packet()],
        [0, 2, packet()],
        [1, 0, packet()],
        [0, 3, packet(5)],
        [0, 1, packet(5, 100, true)],
      ]),
      [1, 2, 1, 1, 1],
    );
  });

  it("drops packets that find a full queue", () => {
    const rule = serialized({ ...line, of: "sender", queue: 200 });
    assert.deepEqual(
      delays(
        rule,
        Array.from({ length: 4 }, () => [0, 1, packet()] as const),
      ),
      [1, 2, -1, -1],
    );
  });
});
