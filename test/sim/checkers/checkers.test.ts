/** The checkers accept a sound run and catch every mutant of it: the trace is real, the mutants are made by hand. */
import assert from "node:assert/strict";
import type { Address } from "../../../protocols/host.ts";
import { checkEqualOrder, checkEqualState } from "../../../sim/checkers/equal-state.ts";
import { checkExactlyOnce } from "../../../sim/checkers/exactly-once.ts";
import type { Violation } from "../../../sim/checkers/violation.ts";
import { Stage } from "../../../sim/stage.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import { World } from "../../../sim/world.ts";

class Register {
  values: number[] = [];
  write(value: number): number {
    if (value < 0) throw new RangeError("no negative values");
    return this.values.push(value);
  }
}

interface Run {
  readonly trace: readonly StampedEvent[];
  readonly troupe: number;
  readonly members: readonly Address[];
  readonly states: readonly { name: string; state: unknown }[];
  /** The names of the errors that calls ended with. */
  readonly raised: readonly string[];
}

/** Three members, ten calls over a lossy network; one call raises an error. `during` may disturb. */
async function run(during: (world: World) => void = () => {}): Promise<Run> {
  const world = new World({ seed: "checkers", network: { loss: 0.1, duplication: 0.1, reordering: 0.1 } });
  const trace: StampedEvent[] = [];
  world.listen((event) => trace.push(event));
  const stage = new Stage(world);
  const register = stage.troupe("register", () => new Register(), 3);
  const client = stage.client("client");
  const stub = client.import(Register, "register");
  const raised: string[] = [];
  const calls = client.thread(async () => {
    for (let i = 0; i < 10; i++) {
      try {
        await stub.write(i === 4 ? -1 : i);
      } catch (error) {
        raised.push((error as Error).name);
      }
    }
  });
  during(world);
  await world.run(60_000);
  await calls;
  const members = register.members.map(({ process }) => process.address);
  const states = register.members.map(({ machine, module }) => ({ name: machine.name, state: module }));
  return { trace, troupe: register.troupe.id, members, states, raised };
}

const once = ({ members }: Run, trace: readonly StampedEvent[], excuseSuspects = false): Violation[] =>
  checkExactlyOnce(trace, { seed: "7", members: () => members, excuseSuspects });
const order = ({ members, troupe }: Run, trace: readonly StampedEvent[]): Violation[] =>
  checkEqualOrder(trace, { seed: "7", troupes: [troupe], members });
const executions = (trace: readonly StampedEvent[]): StampedEvent[] =>
  trace.filter(({ event }) => event.type === "execute");

describe("the exactly-once checker", () => {
  let sound: Run;
  before(async () => {
    sound = await run();
  });

  it("accepts a correct run with executions and retransmissions", () => {
    assert.equal(executions(sound.trace).length, 30);
    assert.deepEqual(sound.raised, ["RangeError"]);
    assert.ok(sound.trace.some(({ event }) => event.type === "retransmit"));
    assert.deepEqual(once(sound, sound.trace), []);
  });

  it("catches a member that executes a call twice", () => {
    const twice = executions(sound.trace)[7]!;
    const [violation, ...others] = once(sound, [...sound.trace, { ...twice, time: 99 }]);
    assert.equal(others.length, 0);
    assert.match(
      violation!.sentence,
      /^At 99 ms \(seed 7\): register \d executed call 3 of thread \S+ \(write\) 2 times\.$/,
    );
  });

  it("allows a restarted member to execute a call again", () => {
    const again = executions(sound.trace)[7]!;
    const violations = once(sound, [...sound.trace, { ...again, incarnation: again.incarnation + 1 }]);
    assert.deepEqual(violations, []);
  });

  it("catches a member that was up but never executed an answered call", () => {
    for (const [at, missing] of executions(sound.trace).entries()) {
      const violations = once(
        sound,
        sound.trace.filter((event) => event !== missing),
      );
      assert.equal(violations.length, 1, `execution ${at}`);
      assert.match(violations[0]!.sentence, new RegExp(`${missing.machine} was up but never executed call \\d+ of`));
    }
  });

  it("does not require an execution from a crashed member, or if the client died before delivery", () => {
    const missing = executions(sound.trace).at(-1)!;
    const { machine, address, incarnation } = missing;
    const without = sound.trace.filter((event) => event !== missing);
    const end = { time: 1e6, event: { type: "end", reason: "crash" } } as const;
    const crash = { ...end, machine, address, incarnation };
    assert.deepEqual(once(sound, [...without, crash]), []);
    const restart = { ...crash, time: 1e6 + 1, incarnation: incarnation + 1, event: { type: "start" } } as const;
    assert.deepEqual(once(sound, [...without, crash, restart]), []);
    const client = without.find(({ event }) => event.type === "call")!;
    assert.deepEqual(once(sound, [...without, { ...client, ...end }]), []);
  });

  it("excuses a member that the client declared crashed, as an option", () => {
    const missing = executions(sound.trace)[0]!;
    const without = sound.trace.filter((event) => event !== missing);
    const client = without.find(({ event }) => event.type === "call")!;
    const suspicion = { ...client, event: { type: "peer-crashed", peer: missing.address, reason: "silent" } } as const;
    assert.deepEqual(once(sound, [...without, suspicion], true), []);
    assert.equal(once(sound, [...without, suspicion], false).length, 1);
    assert.equal(once(sound, without, true).length, 1);
  });

  it("does not require an execution from a member that refuses the client", () => {
    const missing = executions(sound.trace)[0]!;
    const without = sound.trace.filter((event) => event !== missing);
    const { address: client, incarnation } = without.find(({ event }) => event.type === "call")!;
    const found = (address: number, life: number): Violation[] =>
      checkExactlyOnce(without, {
        seed: "7",
        members: () => sound.members,
        refuses: (...asked) => asked.join() === [address, client, life].join(),
      });
    assert.deepEqual(found(missing.address, incarnation), []);
    assert.equal(found(missing.address, incarnation + 1).length, 1);
    const other = sound.members.find((member) => member !== missing.address)!;
    assert.equal(found(other, incarnation).length, 1);
  });

  it("catches an execution of a call that nobody made", () => {
    const real = executions(sound.trace)[0]!;
    const phantom = { ...real, event: { ...real.event, path: "1.1" } } as StampedEvent;
    assert.match(
      once(sound, [...sound.trace, phantom])[0]!.sentence,
      /event "execute" of call 1\.1 of thread \S+, which nobody made/,
    );
  });

  it("catches a call that was executed although it failed definitely", () => {
    const failed = sound.trace.map((stamped) =>
      stamped.event.type === "call-done"
        ? { ...stamped, event: { ...stamped.event, outcome: "stale-binding" } }
        : stamped,
    );
    const violations = once(sound, failed);
    assert.equal(violations.length, 10);
    assert.match(violations[0]!.sentence, /was executed, although it failed definitely \(stale-binding\)/);
    const timedOut = sound.trace.map((stamped) =>
      stamped.event.type === "call-done" ? { ...stamped, event: { ...stamped.event, outcome: "timed-out" } } : stamped,
    );
    assert.deepEqual(once(sound, timedOut), []);
    // Another member of the client made each call as well, and its failure leaves open whether it was executed.
    const both = failed.flatMap((stamped) => {
      const { event } = stamped;
      if (event.type !== "call" && event.type !== "call-done") return [stamped];
      const other = event.type === "call" ? event : { ...event, outcome: "timed-out" };
      return [stamped, { ...stamped, address: stamped.address + 1, event: other } as StampedEvent];
    });
    assert.deepEqual(once(sound, both), []);
  });

  it("requires no execution for an error that may come from collating arguments", () => {
    const raised = sound.trace.find(({ event }) => event.type === "call-done" && event.outcome === "raised")!;
    const { path } = raised.event as { readonly path: string };
    const without = sound.trace.filter(({ event }) => event.type !== "execute" || event.path !== path);
    assert.equal(sound.trace.length - without.length, 3);
    assert.deepEqual(once(sound, without), []);
  });

  it("accepts a run with a crash and a restart", async () => {
    const crashed = await run((world) => {
      world.at(20, () => world.named("register 2").crash());
      world.at(30, () => world.named("register 2").restart());
    });
    assert.ok(crashed.trace.some(({ event }) => event.type === "end"));
    // The member that came back without the state answers otherwise.
    assert.deepEqual(new Set(crashed.raised), new Set(["CallError", "RangeError"]));
    assert.deepEqual(once(crashed, crashed.trace), []);
    assert.deepEqual(order(crashed, crashed.trace), []);
  });
});

describe("the checker of orders", () => {
  let sound: Run;
  before(async () => {
    sound = await run();
  });

  it("accepts a sound run, and one in which nothing was executed", () => {
    assert.deepEqual(order(sound, sound.trace), []);
    assert.deepEqual(order(sound, []), []);
    assert.deepEqual(order({ ...sound, troupe: 99 }, sound.trace), []);
  });

  it("catches two executions in different orders at two members", () => {
    const ours = executions(sound.trace).filter(({ address }) => address === sound.members[1]);
    const [a, b] = [sound.trace.indexOf(ours[3]!), sound.trace.indexOf(ours[4]!)];
    const swapped = sound.trace.map((event, i) => (i === a ? ours[4]! : i === b ? ours[3]! : event));
    const violations = order(sound, swapped);
    assert.equal(violations.length, 1);
    assert.match(
      violations[0]!.sentence,
      /execution 4 of register [123] was call 5 of thread \S+ \(write\), that of register [123] call 4 of/,
    );
  });

  it("catches a missing execution, at the end too, unless the member crashed", () => {
    const ours = executions(sound.trace).filter(({ address }) => address === sound.members[2]);
    for (const missing of [ours[0]!, ours[5]!, ours[9]!]) {
      const without = sound.trace.filter((event) => event !== missing);
      assert.equal(order(sound, without).length, 1);
      const crash = { ...missing, time: 1e6, event: { type: "end", reason: "crash" } } as const;
      assert.equal(order(sound, [...without, crash]).length, missing === ours[9] ? 0 : 1);
    }
  });
});

describe("the checker of states", () => {
  it("accepts the members of a sound run", async () => {
    const { states } = await run();
    assert.deepEqual((states[0]!.state as Register).values, [0, 1, 2, 3, 5, 6, 7, 8, 9]);
    assert.deepEqual(checkEqualState(states, { seed: "7", time: 5 }), []);
  });

  const state = (): Record<string, unknown> => ({
    list: [1, { x: 2n }],
    map: new Map<string, unknown>([
      ["a", new Set([1, 2])],
      ["b", new Uint8Array([1, 2])],
    ]),
    date: new Date(5),
    nan: NaN,
    none: undefined,
  });
  const difference = (change: (state: Record<string, unknown>) => void): string[] => {
    const other = state();
    change(other);
    const members = [
      { name: "m1", state: state() },
      { name: "m2", state: other },
    ];
    return checkEqualState(members, { seed: "7", time: 5 }).map(({ sentence }) => sentence);
  };
  const found = (where: string): string[] => [`At 5 ms (seed 7): m1 and m2 differ in state${where}.`];

  it("compares maps and sets without their order, and handles cycles", () => {
    assert.deepEqual(
      difference(() => {}),
      [],
    );
    assert.deepEqual(
      difference((s) => (s["map"] = new Map([...(s["map"] as Map<string, unknown>)].toReversed()))),
      [],
    );
    const [a, b] = [state(), state()];
    a["self"] = a;
    b["self"] = b;
    assert.deepEqual(
      checkEqualState(
        [a, b].map((each) => ({ name: "m", state: each })),
        { seed: "7", time: 5 },
      ),
      [],
    );
  });

  it("says where states differ", () => {
    const map = (s: Record<string, unknown>): Map<string, unknown> => s["map"] as Map<string, unknown>;
    assert.deepEqual(
      difference((s) => ((s["list"] as { x: bigint }[])[1]!.x = 3n)),
      found(".list[1].x: 2n against 3n"),
    );
    assert.deepEqual(
      difference((s) => (s["list"] as number[]).push(5)),
      found(".list[2]: only one has it"),
    );
    assert.deepEqual(
      difference((s) => map(s).set("a", new Set([1, 3]))),
      found(`.map["a"]: only one has 2`),
    );
    assert.deepEqual(
      difference((s) => map(s).set("b", new Uint8Array([1, 9]))),
      found(`.map["b"][1]: 2 against 9`),
    );
    assert.deepEqual(
      difference((s) => map(s).delete("b")),
      found(`.map["b"]: only one has it`),
    );
    assert.deepEqual(
      difference((s) => (s["nan"] = 0)),
      found(".nan: NaN against 0"),
    );
    assert.deepEqual(
      difference((s) => (s["date"] = new Date(6))),
      found(".date: an object Date against an object Date"),
    );
    assert.deepEqual(
      difference((s) => delete s["none"]),
      found(".none: only one has it"),
    );
    assert.deepEqual(
      difference((s) => (s["list"] = { 0: 1 })),
      found(".list: a list of 2 against an object Object"),
    );
  });
});
