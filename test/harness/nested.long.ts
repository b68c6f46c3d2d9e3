/** Served modules that call other troupes: on real sockets, and the same on a stage. */
import assert from "node:assert/strict";
import Bank from "../../examples/bank.ts";
import Teller from "../../examples/teller.ts";
import { connect } from "../../harness/client.ts";
import { bind } from "../../protocols/program/calling.ts";
import { Stage } from "../../sim/stage.ts";
import { World } from "../../sim/world.ts";
import { Served } from "./served.ts";

const payments = 40;

describe("a module that calls another troupe", function () {
  this.timeout(60_000);

  it("pays exactly once on real sockets, though a member of the calling troupe dies", async () => {
    const served = new Served();
    served.ringmaster();
    const [banks, tellers] = [
      [new Bank(), new Bank()],
      [new Teller(), new Teller()],
    ];
    const processes = [];
    for (const bank of banks) processes.push(await served.member("bank", bank));
    for (const teller of tellers) processes.push(await served.member("teller", teller));
    const client = connect({ ringmaster: served.places });
    try {
      const bank = await client.bind(Bank, "bank", { members: 2 });
      await bank.deposit("alice", 1000);
      const teller = await client.bind(Teller, "teller", { members: 2 });
      for (let i = 1; i <= payments; i++) {
        if (i === 10) processes[3]!.host.close();
        assert.equal(await teller.pay("alice", "bob", 1), 1000 - i);
      }
      assert.deepEqual(banks[0]!.accounts, { alice: 1000 - payments, bob: payments });
      assert.equal(tellers[0]!.paid, payments);
      await assert.rejects(teller.pay("carol", "bob", 1), /carol has 0, which is not 1/);
    } finally {
      client.close();
      await served.close();
    }
  });

  it("pays exactly once on a stage, though machines of both troupes fail", async () => {
    const world = new World({ seed: "nested", network: { loss: 0.02 } });
    const stage = new Stage(world);
    const bank = stage.troupe("bank", () => new Bank(), 3, { binding: "ringmaster" });
    const teller = stage.troupe("teller", () => new Teller(), 2, { binding: "ringmaster" });
    await bank.formed();
    await teller.formed();
    const client = stage.client("client");
    await world.until(
      client.thread(async () => {
        await (await client.bind(Bank, "bank")).deposit("alice", 1000);
        const paying = await client.bind(Teller, "teller");
        for (let i = 1; i <= payments; i++) {
          if (i === 10) teller.member(1).machine.crash();
          if (i === 20) bank.member(2).machine.crash();
          if (i === 30) teller.member(1).machine.restart();
          assert.equal(await paying.pay("alice", "bob", 1), 1000 - i);
          await client.sleep(500);
        }
      }),
    );
    assert.deepEqual(bank.member(1).module.accounts, { alice: 1000 - payments, bob: payments });
    assert.deepEqual(
      teller.members.map(({ module }) => module.paid),
      [payments, payments],
    );
    assert.deepEqual(
      world.checks.flatMap((check) => check()),
      [],
    );
  });

  it("is told where it can call and where not", async () => {
    await assert.rejects(
      bind(Bank, "bank"),
      /^Error: no thread of a program runs here; call this in a procedure of a module$/,
    );
  });
});
