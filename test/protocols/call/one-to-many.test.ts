/**
 * Dissertation, one-to-many calls: the same CALL to every member of the troupe, each executes once, the RETURNs are
 * collated.
 */
import assert from "node:assert/strict";
import { CallError, RemoteError } from "../../../protocols/errors.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Scene } from "./scene.ts";

/** An ordinary class: nothing in its text tells that it is replicated, nor how often. */
class Ledger {
  entries: number[] = [];

  record(amount: number): number {
    this.entries.push(amount);
    return this.entries.reduce((a, b) => a + b, 0);
  }

  async recordLater(amount: number): Promise<number> {
    await Promise.resolve();
    return this.record(amount);
  }

  nothing(): void {}

  refuse(amount: number): never {
    throw new RangeError(`${amount} is too much`);
  }

  async refuseLater(): Promise<never> {
    await Promise.resolve();
    throw new TypeError("not later either");
  }

  echo<T>(value: T): T {
    return value;
  }
}

describe("a one-to-many call", () => {
  for (let degree = 1; degree <= 8; degree++) {
    it(`to a troupe of ${degree} is executed once at each member, with no change to the module's text`, async () => {
      const scene = new Scene({ network: { delay: exponential(2), loss: 0.1, duplication: 0.1 }, seed: `${degree}` });
      const ledger = scene.stage.troupe("ledger", () => new Ledger(), degree);
      const sums = await scene.run(async (client) => {
        const stub = client.import(Ledger, "ledger");
        const seen: number[] = [];
        for (let i = 1; i <= 10; i++) seen.push(i % 2 === 0 ? await stub.record(i) : await stub.recordLater(i));
        return seen;
      });
      assert.deepEqual(sums, [1, 3, 6, 10, 15, 21, 28, 36, 45, 55]);
      for (const { module } of ledger.members) assert.deepEqual(module.entries, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      for (const executed of scene.executions(ledger)) assert.equal(new Set(executed).size, 10);
      const count = (type: "loss" | "duplication"): number => scene.world.ledger.fault(type).effective;
      assert.ok(degree < 3 || (count("loss") > 0 && count("duplication") > 0), "the faults occurred");
    });
  }

  it("costs n CALLs and n RETURNs without loss, by multicast one send and n RETURNs", async () => {
    for (const multicast of [false, true]) {
      const scene = new Scene();
      scene.stage.troupe("ledger", () => new Ledger(), 5, { multicast });
      const calls = 20;
      await scene.run(async (client) => {
        let sends = 0;
        const send = client.host.send.bind(client.host);
        client.host.send = (to, datagram) => (sends++, send(to, datagram));
        const stub = client.import(Ledger, "ledger", { transport: multicast ? "multicast" : "unicast" });
        for (let i = 0; i < calls; i++) await stub.record(i);
        assert.equal(sends, multicast ? calls : 5 * calls);
        assert.equal(scene.world.network.sent, 2 * 5 * calls);
      });
      assert.equal(scene.events("acknowledge").length, 5, "only the very last RETURNs are acknowledged by themselves");
    }
  });

  it("by multicast recovers lost segments by repeating them only to members that miss them", async () => {
    const scene = new Scene({ network: { loss: 0.3 }, seed: "multicast" });
    const ledger = scene.stage.troupe("ledger", () => new Ledger(), 4, { multicast: true });
    const sum = await scene.run(async (client) => {
      const stub = client.import(Ledger, "ledger", { transport: "multicast" });
      let last = 0;
      for (let i = 0; i < 50; i++) last = await stub.record(1);
      return last;
    });
    assert.equal(sum, 50);
    assert.deepEqual(
      ledger.members.map(({ module }) => module.entries.length),
      [50, 50, 50, 50],
    );
    assert.ok(scene.world.ledger.fault("loss").effective > 50);
  });

  it("needs a multicast group for multicast", async () => {
    const scene = new Scene();
    scene.stage.troupe("ledger", () => new Ledger(), 2);
    const client = scene.stage.client("client");
    assert.throws(() => client.import(Ledger, "ledger", { transport: "multicast" }), /"ledger" has no multicast group/);
  });

  it("carries plain data both ways, and answers undefined for a procedure without a result", async () => {
    const scene = new Scene();
    scene.stage.troupe("ledger", () => new Ledger(), 3);
    const value = { list: [1, -0, NaN, 2n ** 70n], map: new Map([["k", new Set([null, undefined])]]), text: "žluť 𝄞" };
    await scene.run(async (client) => {
      const stub = client.import(Ledger, "ledger");
      assert.deepStrictEqual(await stub.echo(value), value);
      assert.equal(await stub.nothing(), undefined);
      await assert.rejects(
        stub.echo(() => 1),
        /echo\[0\] is a function, which cannot be externalized/,
      );
    });
  });

  it("of a megabyte reaches each member complete", async () => {
    const scene = new Scene({ network: { loss: 0.02 } });
    scene.stage.troupe("ledger", () => new Ledger(), 3);
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) >> 5);
    const echo = await scene.run((client) => client.import(Ledger, "ledger").echo(bytes));
    assert.equal(Buffer.compare(echo as Uint8Array, bytes), 0);
  });

  it("collates errors that the procedure raises as it collates results: sync or async, by name and message", async () => {
    const scene = new Scene({ network: { loss: 0.2 } });
    scene.stage.troupe("ledger", () => new Ledger(), 3);
    await scene.run(async (client) => {
      const stub = client.import(Ledger, "ledger");
      await assert.rejects(
        stub.refuse(9),
        (error) => error instanceof RemoteError && error.name === "RangeError" && error.message === "9 is too much",
      );
      await assert.rejects(stub.refuseLater(), { name: "TypeError", message: "not later either" });
    });
  });
});

describe("crashes of server members", () => {
  it("before or during a call leave the call to the living members", async () => {
    for (const at of [0, 1.5, 20]) {
      const scene = new Scene({ seed: `crash ${at}` });
      const ledger = scene.stage.troupe("ledger", () => new Ledger(), 3);
      scene.world.at(at, () => ledger.member(2).machine.crash());
      const sums = await scene.run(async (client) => {
        const stub = client.import(Ledger, "ledger");
        const seen: number[] = [];
        for (let i = 0; i < 15; i++) seen.push(await stub.recordLater(1));
        return seen;
      });
      assert.deepEqual(
        sums,
        Array.from({ length: 15 }, (_, i) => i + 1),
      );
      assert.equal(ledger.member(1).module.entries.length, 15);
      assert.equal(ledger.member(3).module.entries.length, 15);
      assert.ok(ledger.member(2).module.entries.length < 15);
      assert.ok(scene.events("peer-crashed").length >= 1);
    }
  });

  it("of all members make the call fail: the troupe is unavailable, an indefinite error", async () => {
    const scene = new Scene();
    const ledger = scene.stage.troupe("ledger", () => new Ledger(), 3);
    scene.world.at(2.5, () => ledger.members.forEach(({ machine }) => machine.crash()));
    await scene.run(async (client) => {
      const stub = client.import(Ledger, "ledger");
      assert.equal(await stub.record(1), 1);
      await assert.rejects(
        stub.record(2),
        (error) => error instanceof CallError && error.kind === "troupe-unavailable" && !error.definite,
      );
    });
    assert.ok(Math.abs(scene.events("call-done").at(-1)!.time - (2 + 7100)) < 5);
  });

  it("with a restart during the call are detected at once: the new process does not execute the call to the old process", async () => {
    const scene = new Scene();
    class Sleeper {
      executions = 0;
      readonly sleep: () => Promise<void>;
      constructor(sleep: () => Promise<void>) {
        this.sleep = sleep;
      }
      async nap(): Promise<string> {
        this.executions++;
        await this.sleep();
        return "rested";
      }
    }
    const troupe = scene.stage.troupe("sleeper", (program) => new Sleeper(() => program.sleep(5000)), 2);
    scene.world.at(2000, () => {
      troupe.member(1).machine.crash();
      troupe.member(1).machine.restart();
    });
    const answer = await scene.run((client) => client.import(Sleeper, "sleeper").nap());
    assert.equal(answer, "rested");
    assert.deepEqual(
      scene.events("peer-crashed").map((e) => e.reason),
      ["restarted"],
    );
    assert.equal(troupe.member(1).module.executions, 0, "the second life");
    assert.equal(troupe.member(2).module.executions, 1);
  });
});
