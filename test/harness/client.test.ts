/** The client of programs on UDP. */
import assert from "node:assert/strict";
import Bank from "../../examples/bank.ts";
import { connect, type Client } from "../../harness/client.ts";
import { RemoteError } from "../../protocols/errors.ts";
import { Served } from "./served.ts";

describe("troupe/client", function () {
  this.timeout(60_000);
  const served = new Served(1, "a secret of this test");
  const banks = [new Bank(), new Bank()];
  let client: Client;

  before(async () => {
    served.ringmaster();
    for (const bank of banks) await served.member("bank", bank);
    client = connect({ ringmaster: served.places, key: served.key! });
  });
  after(async () => {
    client.close();
    await served.close();
  });

  it("calls a troupe by its class, one call after the other and many at once, each exactly once", async () => {
    const bank = await client.bind(Bank, "bank", { members: 2, collator: "majority" });
    const balance: number = await bank.deposit("alice", 5);
    assert.equal(balance, 5);
    const answers = await Promise.all(Array.from({ length: 50 }, () => bank.deposit("alice", 1)));
    assert.equal(new Set(answers).size, 50);
    assert.deepEqual(
      banks.map(({ accounts }) => accounts),
      [{ alice: 55 }, { alice: 55 }],
    );
    await assert.rejects(bank.withdraw("bob", 1), (error: Error) => error instanceof RemoteError);
  });

  it("hands out the replies of a call one by one", async () => {
    const bank = await client.bind(Bank, "bank");
    const values: unknown[] = [];
    for await (const reply of bank.balance.replies("alice")) if (reply.type === "returned") values.push(reply.value);
    assert.deepEqual(values, [55, 55]);
  });

  it("calls by name, without a class", async () => {
    assert.equal(await client.call("bank", "deposit", "carol", 7), 7);
    assert.equal(await client.call("bank", "balance", "carol"), 7);
    await assert.rejects(
      client.call("bank", "balanse", "carol"),
      /bank has no method balanse\. Did you mean balance\?$/,
    );
  });

  it("says in a sentence what cannot be bound", async () => {
    class Till {
      open(): void {}
    }
    await assert.rejects(
      client.bind(Bank, "bnk", { wait: 10 }),
      /the Ringmaster knows no troupe bnk\. Did you mean bank\?$/,
    );
    await assert.rejects(
      client.bind(Bank, "bank", { members: 3, wait: 10 }),
      /bank has 2 of 3 members; nothing was called\.$/,
    );
    await assert.rejects(
      client.bind(Till, "bank"),
      /Till does not fit the troupe bank: it has the methods open, and the members have balance, deposit, transfer, withdraw\.$/,
    );
    await assert.rejects(
      client.bind(Bank, "bank", { collator: "mojority" as "majority" }),
      /no collator mojority\. Did you mean majority\?$/,
    );
    assert.throws(() => connect({ ringmaster: "localhost" }), /--ringmaster: address "localhost" has no port/);
    assert.throws(
      () => connect({ host: "192.0.2.7" }),
      /takes this machine's IPv4 address.*not "192\.0\.2\.7", which it does not have/,
    );
    assert.throws(() => connect({ host: "me" }), /not "me", which is no IPv4 address/);
    assert.throws(
      () => connect({ host: "127.0.0.1", ringmaster: "192.0.2.7:1985" }),
      /reached from this machine alone/,
    );
  });
});
