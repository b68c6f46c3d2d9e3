/**
 * Dissertation, many-to-one calls: a server member gathers the CALLs of all members of the client troupe, executes
 * once, and sends the RETURN to each. Together with one-to-many calls: many-to-many.
 */
import assert from "node:assert/strict";
import type { CallerArguments } from "../../../protocols/call/server/caller-arguments.ts";
import { firstCome } from "../../../protocols/call/collator.ts";
import { CallError } from "../../../protocols/errors.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Root, rootThreads, Scene } from "./scene.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

describe("a many-to-many call", () => {
  for (const clients of [1, 2, 3, 4]) {
    for (const servers of [1, 2, 3]) {
      it(`from ${clients} to ${servers} members is executed once at each server and answered to each client`, async () => {
        const scene = new Scene({
          seed: `${clients} ${servers}`,
          network: { delay: exponential(3), loss: 0.15, duplication: 0.1 },
        });
        const counter = scene.stage.troupe("counter", () => new Counter(), servers);
        const root = scene.stage.troupe("root", () => new Root(), clients);
        const results = rootThreads(root, async (program) => {
          const stub = program.import(Counter, "counter");
          const seen: number[] = [];
          for (let i = 0; i < 10; i++) seen.push(await stub.add(1));
          return seen;
        });
        await scene.world.run(500_000);
        for (const seen of results) assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert.deepEqual(
          counter.members.map(({ module }) => module.value),
          Array<number>(servers).fill(10),
        );
        assert.ok(scene.world.ledger.fault("loss").effective > 0);
      });
    }
  }

  it("costs m*n CALLs and m*n RETURNs without loss", async () => {
    const scene = new Scene();
    scene.stage.troupe("counter", () => new Counter(), 3);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    rootThreads(root, async (program) => {
      const stub = program.import(Counter, "counter");
      for (let i = 0; i < 10; i++) await stub.add(1);
    });
    await scene.world.run(50);
    assert.equal(scene.events("call-done").length, 20);
    assert.equal(scene.world.network.sent, 10 * 2 * (2 * 3));
  });
});

describe("a member of the calling troupe", () => {
  it("that is slow but alive is waited for without a limit", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const root = scene.stage.troupe("root", () => new Root(), 3);
    const results = rootThreads(root, async (program, _root, index) => {
      if (index === 1) await program.sleep(60_000);
      return program.import(Counter, "counter").add(1);
    });
    await scene.world.run(59_000);
    assert.deepEqual(scene.executions(counter), [[], []]);
    await scene.world.run(500_000);
    assert.deepEqual(results, [1, 1, 1]);
    assert.deepEqual(
      counter.members.map(({ module }) => module.value),
      [1, 1],
    );
    assert.equal(scene.events("peer-crashed").length, 0);
  });

  it("that crashed is waited for only until its crash is detected", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const root = scene.stage.troupe("root", () => new Root(), 3);
    scene.world.at(5, () => root.member(2).machine.crash());
    const results = rootThreads(root, async (program) => {
      const stub = program.import(Counter, "counter");
      await stub.add(1);
      await program.sleep(10);
      await stub.add(1);
      return stub.add(1);
    });
    await scene.world.run(500_000);
    assert.deepEqual(results, [3, undefined, 3]);
    assert.deepEqual(
      counter.members.map(({ module }) => module.value),
      [3, 3],
    );
    // Gathering waits 100 ms, then 7 s of probes; the third call does not wait for the dead again.
    const executed = scene.events("execute", "counter 1").map((e) => e.time);
    assert.ok(executed[1]! > 7000 && executed[1]! < 7200, `${executed[1]}`);
    assert.ok(executed[2]! - executed[1]! < 5, `${executed[2]}`);
  });

  it("that restarted at once is detected, and its new process is refused, since its new calls would have old names", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    scene.world.at(5, () => {
      root.member(2).machine.crash();
      root.member(2).machine.restart();
    });
    const results = rootThreads(root, async (program) => {
      const stub = program.import(Counter, "counter");
      await stub.add(1);
      await program.sleep(10);
      return stub.add(1);
    });
    const again: unknown[] = [];
    scene.world.at(8000, () => {
      const { program } = root.member(2);
      program
        .thread(() => program.import(Counter, "counter").add(1), root.troupe)
        .catch((error: unknown) => again.push(error));
    });
    await scene.world.run(500_000);
    assert.deepEqual(results, [2, undefined]);
    assert.deepEqual(
      counter.members.map(({ module }) => module.value),
      [2, 2],
    );
    // Found by the answer to the first probe, not by silence.
    assert.ok(scene.events("execute", "counter 1")[1]!.time < 150);
    assert.equal((again[0] as CallError).kind, "not-a-member");
  });

  it("that was cut off and declared crashed does not belong to the troupe any more, and delays no call when it returns", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 1);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    const cut = scene.world.partition({ between: ["root 2"] });
    scene.world.at(9000, () => cut.heal());
    const results = rootThreads(root, async (program) => {
      const stub = program.import(Counter, "counter");
      const seen: number[] = [];
      for (let i = 0; i < 12; i++) {
        seen.push(await stub.add(1));
        await program.sleep(1000);
      }
      return seen;
    });
    await scene.world.run(200_000);
    assert.deepEqual(results[0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.ok(results[1] instanceof CallError);
    assert.equal(counter.member(1).module.value, 12);
    assert.ok(cut.blocked > 0);
  });

  it("that was excluded because of one call does not delay other calls that are being gathered", async () => {
    // The second is watched together with the first, or has not begun to wait for the member when it is excluded.
    for (const later of [500, 7050]) {
      const scene = new Scene();
      const counter = scene.stage.troupe("counter", () => new Counter(), 1);
      const root = scene.stage.troupe("root", () => new Root(), 2);
      const cut = scene.world.partition({ between: ["root 2"] });
      const results = rootThreads(root, async (program) => {
        const stub = program.import(Counter, "counter");
        const first = stub.add(1);
        await program.sleep(later);
        const second = stub.add(1);
        return Promise.all([first, second]);
      });
      // The exclusion comes at 7101 ms. Back on the network, the member answers whatever probe there is.
      scene.world.at(7110, () => cut.heal());
      await scene.world.run(100_000);
      assert.deepEqual(results[0], [1, 2], `second call after ${later} ms`);
      assert.equal(counter.member(1).module.value, 2);
      assert.deepEqual(
        scene.events("peer-crashed", "counter 1").map((e) => e.time),
        [7101],
      );
    }
  });
});

describe("a process that does not belong to the troupe in whose name it calls", () => {
  class Poll {
    readonly seen: CallerArguments[] = [];
    executions = 0;
    async vote(calls: AsyncIterableIterator<CallerArguments>): Promise<number> {
      this.executions++;
      for await (const call of calls) this.seen.push(call);
      return this.seen.length;
    }
  }

  it("is refused, and no call is executed or retained for it, even by a procedure that takes the generator", async () => {
    const scene = new Scene();
    const poll = scene.stage.troupe("poll", () => new Poll(), 2, { explicit: ["vote"] });
    const root = scene.stage.troupe("root", () => new Root(), 3);
    const intruder = scene.stage.client("intruder");
    let refused: unknown;
    intruder
      .thread(() => intruder.import(Poll, "poll").vote(undefined as never), root.troupe)
      .catch((error: unknown) => (refused = error));
    await scene.world.run(100_000);
    assert.equal((refused as CallError).kind, "not-a-member");
    assert.deepEqual(
      poll.members.map(({ module }) => module.executions),
      [0, 0],
    );
    // Were anything kept, it would watch the members.
    assert.equal(scene.events("probe").length, 0);
  });
});

describe("first-come at the server", () => {
  it("executes on the first CALL, and retains the RETURN for the slower members", async () => {
    const scene = new Scene();
    const counter = scene.stage.troupe("counter", () => new Counter(), 2, { collators: { add: firstCome } });
    const root = scene.stage.troupe("root", () => new Root(), 3);
    const ends: number[] = [];
    const results = rootThreads(root, async (program, _root, index) => {
      await program.sleep(index * 30_000);
      const sum = await program.import(Counter, "counter").add(5);
      ends.push(program.host.now());
      return sum;
    });
    await scene.world.run(500_000);
    assert.deepEqual(results, [5, 5, 5]);
    assert.deepEqual(
      counter.members.map(({ module }) => module.value),
      [5, 5],
    );
    assert.deepEqual(ends, [2, 30_002, 60_002]);
  });

  it("discards the RETURN when the last slower member has crashed", async () => {
    const scene = new Scene();
    scene.stage.troupe("counter", () => new Counter(), 1, { collators: { add: firstCome } });
    const root = scene.stage.troupe("root", () => new Root(), 2);
    scene.world.at(1000, () => root.member(2).machine.crash());
    rootThreads(root, async (program, _root, index) => {
      if (index === 1) await program.sleep(1_000_000);
      return program.import(Counter, "counter").add(5);
    });
    await scene.world.run(500_000);
    assert.ok(scene.events("probe").at(-1)!.time < 10_000);
    assert.deepEqual(
      scene.events("peer-crashed").map((e) => e.reason),
      ["silent"],
    );
  });
});
