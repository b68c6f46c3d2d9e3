/** Real processes of a Ringmaster that die and start again. */
import assert from "node:assert/strict";
import Bank from "../../../examples/bank.ts";
import { connect } from "../../../harness/client.ts";
import { latestLife } from "../../../harness/real/lives.ts";
import { pause } from "../../../harness/real/process.ts";
import type { RingmasterMember } from "../../../protocols/binding/ringmaster/formation.ts";
import { precedes } from "../../../protocols/wire/segment.ts";
import { Served } from "../served.ts";

async function serving(member: RingmasterMember): Promise<number> {
  const begun = performance.now();
  while (!member.serves) {
    assert.ok(performance.now() < begun + 60_000, "it does not serve within a minute");
    await pause(20);
  }
  return performance.now() - begun;
}

describe("a real Ringmaster", function () {
  this.retries(2);
  this.timeout(120_000);
  let served: Served;
  beforeEach(() => (served = new Served(3)));
  afterEach(() => served.close());

  it("may die whole and start again: members register themselves, and clients go on", async () => {
    const first = served.ringmaster();
    const banks = [new Bank(), new Bank()];
    for (const bank of banks) await served.member("bank", bank);
    const client = connect({ ringmaster: served.places });
    try {
      const bank = await client.bind(Bank, "bank", { members: 2 });
      assert.equal(await bank.deposit("alice", 100), 100);
      for (const { real } of first) real.host.close();
      await pause(1000);
      served.ringmaster();
      assert.equal(await bank.deposit("alice", 1), 101);
      // Without --anew a newcomer gets the state of the living members.
      const newcomer = new Bank();
      await served.member("bank", newcomer);
      assert.deepEqual(newcomer.accounts, { alice: 101 });
      assert.equal(await bank.deposit("alice", 1), 102);
      assert.deepEqual(
        [...banks, newcomer].map(({ accounts }) => accounts["alice"]),
        [102, 102, 102],
      );
    } finally {
      client.close();
    }
  });

  it("takes a process back whose clock was set back by an hour, as soon as any other", async () => {
    const ringmasters = served.ringmaster();
    await Promise.all(ringmasters.map(({ member }) => serving(member)));
    const { real, member } = ringmasters[2]!;
    const port = served.ports[2]!;
    const before = latestLife("127.0.0.1", port)!;
    assert.equal(before, real.host.incarnation);
    assert.ok(member.serves);
    real.host.close();
    const clock = Date.now;
    Date.now = () => clock() - 3_600_000;
    try {
      const again = served.ringmasterAt(port);
      assert.ok(precedes(before, again.real.host.incarnation));
      const took = await serving(again.member);
      assert.ok(took < 15_000, `${took} ms`);
    } finally {
      Date.now = clock;
    }
  });
});
