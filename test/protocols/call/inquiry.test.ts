/**
 * A server that waits for the CALL of a member that lives asks it whether the CALL may still come (protocols/call/server/inquiry.ts):
 * what each of its answers leads to, and which life of a process is the member in a static table.
 */
import assert from "node:assert/strict";
import { StaticBinding } from "../../../protocols/troupe/binding.ts";
import { firstCome } from "../../../protocols/call/collator.ts";
import { Program } from "../../../protocols/program/program.ts";
import { CallError } from "../../../protocols/errors.ts";
import { callOf, headerBytes } from "../../../protocols/wire/segment.ts";
import { checkExactlyOnce } from "../../../sim/checkers/exactly-once.ts";
import { lost, ScriptedNet } from "../message/scripted-net.ts";
import { Root, rootThreads, Scene } from "./scene.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

class Relay {
  readonly #program: Program;
  calls = 0;
  constructor(program: Program) {
    this.#program = program;
  }
  async relay(amount: number): Promise<number> {
    this.calls++;
    return this.#program.import(Counter, "counter").add(amount);
  }
}

const values = (troupe: { members: readonly { module: Counter }[] }): number[] =>
  troupe.members.map(({ module }) => module.value);

describe("a living member of the calling troupe", () => {
  it("that gave up a server member during a cut is absent from that call there, and from no other call", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    const cut = scene.world.partition({ between: ["root 2"], and: ["counter 1"] });
    scene.world.at(9000, () => cut.heal());
    const results = rootThreads(root, async (program, _root, index) => {
      const stub = program.import(Counter, "counter");
      if (index === 0) await program.sleep(20_000);
      const seen: number[] = [];
      for (let i = 0; i < 4; i++) seen.push(await stub.add(1));
      return seen;
    });
    await scene.world.run(500_000);
    assert.deepEqual(results, [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    assert.deepEqual(values(counter), [4, 4]);
    // It was asked at the second probe, and its later calls are gathered with those of its fellow.
    const executed = scene.events("execute", "counter 1").map(({ time }) => Math.round(time));
    assert.deepEqual(executed, [21_107, 21_109, 21_111, 21_113]);
    assert.deepEqual(
      scene.events("peer-crashed").map(({ machine, peer }) => `${machine} ${peer}`),
      [`root 2 ${counter.member(1).process.address}`],
    );
  });

  it("that gave up a server member is absent there, also while it waits for another server member that waits for its fellow", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    // Each member gives another server up, in cuts so short that no server declares a member crashed.
    const first = scene.world.partition({ between: ["root 2"], and: ["counter 1"] });
    scene.world.at(9000, () => first.heal());
    scene.world.at(12_200, () => {
      const second = scene.world.partition({ between: ["root 1"], and: ["counter 2"] });
      scene.world.at(19_310, () => second.heal());
    });
    const results = rootThreads(root, async (program, _root, index) => {
      if (index === 0) await program.sleep(12_201);
      return program.import(Counter, "counter").add(1);
    });
    await scene.world.run(500_000);
    assert.deepEqual(results, [1, 1]);
    assert.deepEqual(values(counter), [1, 1]);
    assert.deepEqual(
      scene.events("peer-crashed").map(({ machine }) => machine),
      ["root 2", "root 1"],
    );
  });

  it("whose thread has ended is not waited for", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    const results = rootThreads(root, async (program, _root, index) => {
      const stub = program.import(Counter, "counter");
      await stub.add(1);
      if (index === 1) throw new RangeError("out of luck");
      await stub.add(1);
      return stub.add(1);
    });
    await scene.world.run(500_000);
    assert.equal(results[0], 3);
    assert.deepEqual(values(counter), [3, 3]);
    assert.equal(scene.events("peer-crashed").length, 0);
    assert.ok(scene.events("execute", "counter 1").at(-1)!.time < 2500);
  });

  it("that has not begun the thread, or has not reached the call, is waited for", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    const results: number[] = [];
    root.members.forEach(({ program }, index) => {
      scene.world.at(1 + index * 50_000, () => {
        const main = async (): Promise<void> => {
          const stub = program.import(Counter, "counter");
          await stub.add(1);
          if (index === 0) await program.sleep(80_000);
          results.push(await stub.add(1));
        };
        void program.thread(main, root.troupe);
      });
    });
    await scene.world.run(500_000);
    assert.deepEqual(results, [2, 2]);
    const executed = scene.events("execute", "counter 1").map(({ time }) => time);
    assert.ok(executed[0]! > 50_000 && executed[1]! > 130_000, executed.join());
    assert.deepEqual(values(counter), [2, 2]);
  });

  it("that does not know the call yet is waited for as long as its own caller repeats the call", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    scene.stage.troupe("relay", (program) => new Relay(program), 2);
    const client = scene.stage.client("client");
    const cut = scene.world.partition({ between: ["client"], and: ["relay 2"] });
    scene.world.at(6000, () => cut.heal());
    const results: number[] = [];
    void client.thread(async () => {
      const stub = client.import(Relay, "relay");
      for (let i = 0; i < 2; i++) results.push(await stub.relay(1));
    });
    await scene.world.run(500_000);
    assert.deepEqual(results, [1, 2]);
    assert.deepEqual(values(counter), [2, 2]);
    assert.equal(scene.events("peer-crashed").length, 0);
  });

  it("that was given up by its own caller is declared crashed, since it has missed a call", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const relay = scene.stage.troupe("relay", (program) => new Relay(program), 3);
    const client = scene.stage.client("client");
    const cut = scene.world.partition({ between: ["client"], and: ["relay 3"] });
    scene.world.at(10_000, () => cut.heal());
    const seen: unknown[] = [];
    void client.thread(async () => {
      const stub = client.import(Relay, "relay", {
        collator: async (replies) => {
          const answers: string[] = [];
          for await (const reply of replies) answers.push(reply.type === "raised" ? reply.error.message : reply.type);
          return answers.toSorted((a, b) => (a < b ? -1 : 1));
        },
      });
      seen.push(await stub.relay(1), await stub.relay(1));
    });
    await scene.world.run(500_000);
    assert.deepEqual(seen, [
      ["crashed", "returned", "returned"],
      ["counter.add: the caller does not belong to the troupe in whose name it calls", "returned", "returned"],
    ]);
    assert.deepEqual(values(counter), [2, 2]);
    assert.deepEqual(
      relay.members.map(({ module }) => module.calls),
      [2, 2, 1],
    );
    const declared = scene.events("peer-crashed").filter(({ machine }) => machine !== "client");
    assert.deepEqual(
      declared.map(({ machine, reason }) => `${machine} ${reason}`),
      ["counter 1 given-up", "counter 2 given-up"],
    );
  });

  it("whose delayed CALL arrives after it gave up the server gets the RETURN of the single execution", async () => {
    const net = new ScriptedNet();
    const binding = new StaticBinding();
    const root = binding.add({ id: 1, name: "root", module: 1, members: [{ address: 1 }, { address: 2 }] });
    const log = binding.add({ id: 2, name: "log", module: 2, members: [{ address: 3 }, { address: 4 }] });
    const [one, two] = [1, 2].map((address) => new Program(net.host(address), binding));
    const logs = [3, 4].map((address) => {
      const counter = new Counter();
      new Program(net.host(address), binding).export(counter, { troupe: log, collators: { add: firstCome } });
      return counter;
    });
    // Of the second CALL of 2 only the first copy gets to 3, and takes 25 s; the first CALL is under way for longer.
    let copies = 0;
    net.fate = ({ from, to, datagram, time }) => {
      if (from !== 2 || to !== 3 || time > 9000 || datagram.length === headerBytes) return [1];
      return callOf(datagram) === 2 && copies++ === 0 ? [25_000] : lost;
    };
    class Sleeper {
      readonly program: Program;
      constructor(program: Program) {
        this.program = program;
      }
      async work(): Promise<void> {
        await this.program.sleep(60_000);
      }
    }
    const sleeper = binding.add({ id: 5, name: "sleeper", module: 5, members: [{ address: 5 }] });
    const sleeping = new Program(net.host(5), binding);
    sleeping.export(new Sleeper(sleeping), { troupe: sleeper });
    void two!.thread(() => two!.import(Sleeper, "sleeper").work());
    const results: number[] = [];
    for (const program of [two!, one!]) {
      const main = async (): Promise<void> => {
        if (program === one) await program.sleep(10_000);
        results.push(await program.import(Counter, "log").add(1));
      };
      void program.thread(main, root);
    }
    await net.run(500_000);
    assert.deepEqual(results, [1, 1]);
    assert.deepEqual(
      logs.map(({ value }) => value),
      [1, 1],
    );
    assert.equal(copies > 5, true, "2 gave 3 up");
  });
});

describe("in a static table, a later process of a client member", () => {
  /** Lives of both members of the root make these calls, each life from the beginning. */
  function replaying(scene: Scene, seen: string[][]): ReturnType<typeof scene.stage.troupe<Root>> {
    let troupe: ReturnType<typeof scene.stage.troupe<Root>>["troupe"] | undefined;
    const begin = (program: Program): void => {
      const life: string[] = [];
      seen.push(life);
      void program.thread(async () => {
        const stub = program.import(Counter, "counter");
        for (let i = 0; i < 3; i++) {
          const answer = stub.add(1).catch((error: unknown) => (error as CallError).kind);
          life.push(`${await answer}`);
          await program.sleep(2000);
        }
      }, troupe);
    };
    const root = scene.stage.troupe(
      "root",
      (program) => {
        if (troupe !== undefined) begin(program);
        return new Root();
      },
      2,
    );
    troupe = root.troupe;
    for (const { program } of root.members) begin(program);
    return root;
  }

  function checked(scene: Scene, counter: { members: readonly { process: { address: number } }[] }): void {
    const members = (): number[] => counter.members.map(({ process }) => process.address);
    assert.deepEqual(checkExactlyOnce(scene.trace, { seed: "lives", members, excuseSuspects: true }), []);
  }

  it("counts as the member if no server heard the earlier process", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const seen: string[][] = [];
    const root = replaying(scene, seen);
    const cut = scene.world.partition({ between: ["root 2"] });
    scene.world.at(3000, () => {
      root.member(2).machine.crash();
      cut.heal();
      root.member(2).machine.restart();
    });
    await scene.world.run(500_000);
    assert.deepEqual(seen, [["1", "2", "3"], [], ["1", "2", "3"]]);
    assert.deepEqual(values(counter), [3, 3]);
    checked(scene, counter);
  });

  it("is refused by the servers that heard the earlier process and accepted by the others, without harm to other calls", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const seen: string[][] = [];
    const root = replaying(scene, seen);
    const cut = scene.world.partition({ between: ["root 2"], and: ["counter 1"] });
    scene.world.at(3000, () => {
      root.member(2).machine.crash();
      cut.heal();
      root.member(2).machine.restart();
    });
    await scene.world.run(500_000);
    assert.deepEqual(seen, [["1", "2", "3"], [], ["disagreement", "disagreement", "disagreement"]]);
    assert.deepEqual(values(counter), [3, 3]);
    checked(scene, counter);
  });

  it("is also refused by a server to which the earlier process has only answered that it would not call", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 1);
    const seen: string[][] = [];
    // The first life makes no calls at all.
    const root = scene.stage.troupe("root", () => new Root(), 2);
    const [one, two] = root.members.map(({ program }) => program);
    void two!.thread(() => undefined, root.troupe);
    void one!.thread(async () => void seen.push([`${await one!.import(Counter, "counter").add(1)}`]), root.troupe);
    scene.world.at(100_000, () => {
      root.member(2).machine.crash();
      root.member(2).machine.restart();
      const { program } = root.member(2);
      const call = (): Promise<unknown> => program.import(Counter, "counter").add(1);
      void program.thread(call, root.troupe).catch((error: unknown) => seen.push([(error as CallError).kind]));
    });
    await scene.world.run(500_000);
    assert.deepEqual(seen, [["1"], ["not-a-member"]]);
    assert.deepEqual(values(counter), [1]);
    checked(scene, counter);
  });
});
