/** The checker of partitions on traces made by hand: what it allows, and what it does not. */
import assert from "node:assert/strict";
import { troupeIdOf } from "../../../protocols/troupe/troupe-id.ts";
import { Histories } from "../../../sim/checkers/histories.ts";
import { checkPartition, type PartitionCheckOptions } from "../../../sim/checkers/partition.ts";
import type { StampedEvent } from "../../../sim/trace.ts";

const machines = ["a", "b", "c", "near", "far", "ringmaster"];

function at(time: number, machine: string, event: StampedEvent["event"]): StampedEvent {
  return { time, machine, address: machines.indexOf(machine) + 1, incarnation: 1, event };
}

const id = (epoch: number): number => troupeIdOf("books", epoch);

function call(time: number, machine: string, thread: string, troupe = id(3)): StampedEvent {
  return at(time, machine, { type: "call", thread, path: "1", troupe, procedure: "write", members: 3 });
}

function done(time: number, machine: string, thread: string, outcome = "returned", troupe = id(3)): StampedEvent {
  return at(time, machine, { type: "call-done", thread, path: "1", troupe, outcome });
}

function execute(time: number, machine: string, thread: string, troupe = id(3)): StampedEvent {
  return at(time, machine, { type: "execute", thread, path: "1", troupe, procedure: "write" });
}

function state(time: number, machine: string, epoch: number, of = "member"): StampedEvent {
  return at(time, machine, { type: "membership", name: "books", troupe: id(epoch), state: of });
}

const cut = (time: number): StampedEvent => at(time, "", { type: "partition", name: "cut" });
const heal = (time: number): StampedEvent => at(time, "", { type: "heal", name: "cut" });

/** Three members of epoch 3; the Ringmaster is not on the side of `a`. */
const begun: readonly StampedEvent[] = [
  ...machines.slice(0, 3).map((machine) => at(0, machine, { type: "start" })),
  at(0, "ringmaster", { type: "membership", name: "ringmaster", troupe: troupeIdOf("ringmaster", 1), state: "member" }),
  ...machines.slice(0, 3).map((machine) => state(1, machine, 3)),
];

/** From 200 s on `a`, which was dropped, is a member again. */
const over: readonly StampedEvent[] = [
  ...["b", "c"].map((machine) => state(30_000, machine, 4)),
  state(200_000, "a", 4, "out"),
  ...["a", "b", "c"].map((machine) => state(200_001, machine, 5)),
];

const options: PartitionCheckOptions = {
  seed: "7",
  troupe: "books",
  cut: "cut",
  side: ["a", "near"],
  quorum: "one",
  collator: "first-come",
  agreeing: 2,
  lease: 5000,
  carried: 40_000,
  silence: 7000,
};

function judge(trace: readonly StampedEvent[], varied: Partial<PartitionCheckOptions> = {}) {
  const sorted = trace.toSorted((x, y) => x.time - y.time);
  const judgement = checkPartition(sorted, { ...options, ...varied });
  return {
    ...judgement,
    violations: judgement.violations.map(({ sentence }) => sentence),
    allowed: judgement.allowed.map(({ sentence }) => sentence),
  };
}

const everywhere = (thread: string, time: number): StampedEvent[] => [
  call(time, "far", thread),
  ...["a", "b", "c"].map((machine) => execute(time + 1, machine, thread)),
  done(time + 2, "far", thread),
];

describe("the checker of partitions", () => {
  const calm = [...begun, ...everywhere("1.1.1", 100), cut(10_000), heal(100_000), ...over];

  it("accepts a cut in which a member was dropped and joined again", () => {
    assert.deepEqual(judge(calm), { violations: [], allowed: [], divergent: 0, lost: 0 });
  });

  it("knows the calls that a newcomer's state includes", () => {
    const histories = new Histories(
      [...calm, execute(50_000, "b", "1.1.2", id(4))].toSorted((x, y) => x.time - y.time),
      "books",
    );
    const again = histories.stays.find(({ from }) => from === 5)!;
    assert.equal(again.machine, "a");
    assert.deepEqual([...histories.of(again)], ["1.1.1 1", "1.1.2 1"]);
  });

  it("knows these calls even if no member lived to enter the newcomer's epoch", () => {
    const histories = new Histories(
      [
        state(1, "a", 3),
        execute(10, "a", "1.1.1"),
        state(20, "a", 3, "frozen"),
        at(21, "a", { type: "end", reason: "crash" }),
        state(30, "b", 4),
      ],
      "books",
    );
    const newcomer = histories.stays.find(({ machine }) => machine === "b")!;
    assert.deepEqual([...histories.of(newcomer)], ["1.1.1 1"]);
  });

  const early = [call(11_000, "near", "9.1.1"), execute(11_001, "a", "9.1.1"), done(11_002, "near", "9.1.1")];

  it("allows an answer of a removed member to be lost if the cut outlasts its client's repetitions", () => {
    const { violations, allowed, lost } = judge([...calm, ...early]);
    assert.deepEqual([violations, lost], [[], 1]);
    assert.match(
      allowed[0]!,
      /^At 11000 ms \(seed 7\): of call 1 of thread 9\.1\.1 \(write\) by near \(returned\) it is true in the end that no member has executed it\.$/,
    );
  });

  it("does not allow a lost answer if the cut was short, if all members had to answer, or if a majority answered", () => {
    assert.equal(judge([...calm, ...early], { carried: 200_000 }).violations.length, 1);
    assert.match(
      judge([...calm, ...early], { collator: "unanimous" }).violations.join(),
      /must not be answered.*no member has executed it/s,
    );
    assert.equal(judge([...calm, ...early], { collator: "majority", quorum: "majority" }).allowed.length, 0);
  });

  it("finds a member that executes after its lease must have ended", () => {
    const late = [call(16_000, "near", "9.1.2"), execute(16_001, "a", "9.1.2")];
    assert.deepEqual(judge([...calm, ...late]).violations, [
      "At 16001 ms (seed 7): a executed call 9.1.2 1 after its lease must have ended, at 15000 ms.",
    ]);
    const within = [call(14_000, "near", "9.1.2"), execute(14_001, "a", "9.1.2")];
    assert.deepEqual(judge([...calm, ...within]).violations, []);
  });

  it("finds a removed member that continues after the healing, and a removed member that never joins again", () => {
    const [call0, execute0] = [call(150_000, "near", "9.1.3"), execute(150_001, "a", "9.1.3")];
    assert.match(
      judge([...calm, call0, execute0]).violations.join(),
      /a executed call 9\.1\.3 1 of epoch 3 in epoch 4/,
    );
    const without = calm.filter(({ machine, time }) => machine !== "a" || time < 200_001);
    assert.match(judge(without).violations.join(), /a lives but is no member of epoch 5 in the end/);
    const unaware = calm.filter(({ machine, time }) => machine !== "a" || time < 200_000);
    assert.match(judge(unaware).violations.join(), /a lives but is no member of epoch 5 in the end/);
  });

  it("finds a call that is executed again by a member whose state includes it", () => {
    const again = [...calm, execute(200_002, "a", "1.1.1", id(5))];
    assert.match(judge(again).violations.join(), /a executed call 1\.1\.1 1, which its state included already/);
  });

  it("ignores calls of other troupes", () => {
    const other = troupeIdOf("other", 1);
    const odd = [call(500, "far", "1.1.9", other), execute(501, "a", "1.1.9", other), done(502, "far", "1.1.9")];
    assert.deepEqual(judge([...calm, ...odd]), { violations: [], allowed: [], divergent: 0, lost: 0 });
  });

  it("does not allow different states if a side has continued as the troupe", () => {
    const { violations, divergent } = judge([...calm, ...early, execute(11_002, "b", "9.1.1")]);
    assert.equal(divergent, 1);
    assert.match(violations.join(), /only some members have executed it; not c\./);
  });

  it("finds members of one epoch that have executed different calls", () => {
    const odd = [
      call(300_000, "far", "1.1.4", id(5)),
      execute(300_001, "b", "1.1.4", id(5)),
      done(300_002, "far", "1.1.4"),
    ];
    const { violations, divergent } = judge([...calm, ...odd]);
    assert.equal(divergent, 1);
    assert.match(violations.join(), /only some members have executed it; not b?a?.*[ac], [ac]\./);
  });

  describe("with a static table", () => {
    const troupe = { id: 5, name: "books", module: 5, members: [{ address: 1 }, { address: 2 }, { address: 3 }] };
    const start = machines.slice(0, 3).map((machine) => at(0, machine, { type: "start" }));
    const divided = (outcome: string): StampedEvent[] => [
      ...start,
      cut(10_000),
      call(11_000, "near", "9.1.1", 5),
      execute(11_001, "a", "9.1.1", 5),
      done(18_000, "near", "9.1.1", outcome, 5),
      heal(100_000),
    ];

    it("allows calls made in the cut to be executed on one side only", () => {
      const { violations, allowed, divergent } = judge(divided("returned"), { troupe });
      assert.deepEqual([violations, allowed.length, divergent], [[], 1, 1]);
    });

    it("does not allow a majority's answer on the minority's side, or a refusal on the majority's side", () => {
      assert.match(
        judge(divided("returned"), { troupe, collator: "majority" }).violations.join(),
        /must not be answered/,
      );
      assert.deepEqual(judge(divided("no-majority"), { troupe, collator: "majority" }).violations, []);
      assert.match(judge(divided("troupe-unavailable"), { troupe }).violations.join(), /must be answered/);
    });

    it("does not allow differences that the cut cannot have made", () => {
      const late = [call(150_000, "near", "9.1.2", 5), execute(150_001, "a", "9.1.2", 5)];
      assert.equal(judge([...divided("returned"), ...late], { troupe }).violations.length, 1);
      const before = [
        call(1000, "near", "9.1.3", 5),
        execute(1001, "a", "9.1.3", 5),
        done(1002, "near", "9.1.3", "returned", 5),
      ];
      assert.equal(judge([...divided("returned"), ...before], { troupe }).violations.length, 1);
    });
  });
});
