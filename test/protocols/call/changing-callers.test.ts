/** Calls of a troupe whose own membership changes meanwhile (protocols/call/server/client-troupe.ts, callers.ts). */
import assert from "node:assert/strict";
import { Callers } from "../../../protocols/call/server/callers.ts";
import type { Incoming } from "../../../protocols/call/server/incoming.ts";
import type { ClientTroupe } from "../../../protocols/call/server/client-troupe.ts";
import { firstCome, unanimous } from "../../../protocols/call/collator.ts";
import { messageOptions, patienceOf } from "../../../protocols/message/options.ts";
import { constant } from "../../../sim/chance/distribution.ts";
import { Ledger } from "../binding/ledger.ts";
import { quickMessages } from "../binding/town.ts";
import { marking, marks, place } from "./tellers.ts";

describe("a call by a troupe that changes during the call", () => {
  it("is answered at all attempts of a caller's member, in whichever order they arrive", () => {
    const client = { members: [{ address: 1 }, { address: 2 }], hasCrashed: () => false } as unknown as ClientTroupe;
    const attempt = (peer: number, number: number): Incoming => {
      const exchange = { peer, peerIncarnation: 1, number } as Incoming["exchange"];
      return { exchange, call: { message: new Uint8Array(20), contentAt: 10, first: 0 } as Incoming["call"] };
    };
    const [repetition, other, first] = [attempt(1, 8), attempt(2, 5), attempt(1, 7)];
    const callers = new Callers(client);
    callers.called(0, repetition);
    callers.called(1, other);
    callers.called(0, first);
    assert.deepEqual(callers.incoming, [repetition, other, first]);
  });

  it("is not executed again by late CALLs of the remaining members after its first callers have died", async () => {
    const here = await place("orphan", { messages: { datagramLifetime: 200, tries: 10 } });
    const { world, observer, tellers, ledgers, named } = here;
    const client = marking(here, 1, unanimous);
    const cut = world.partition({ between: [client.name], and: named(tellers.slice(1)) });
    await world.run(5000);
    assert.deepEqual(marks(ledgers), [[1], [1]]);
    assert.deepEqual(marks(tellers), [[1], []]);
    tellers[0]!.machine.crash();
    // Longer than anything is remembered, and not so long that the client gives up.
    await world.run(9_500);
    assert.equal(observer.counts["teller member"], 4, "the dead teller was not dropped");
    cut.heal();
    await world.run(14_000);
    assert.deepEqual(marks(tellers), [[1]]);
    assert.deepEqual(observer.problems, []);
    assert.equal(observer.counts["execute mark"], 4);
  });

  it("is not executed by a server member that was removed while it waited for the callers", async () => {
    const here = await place("lease", { messages: { tries: 10 }, binding: { lease: 400, suspicion: 600 } });
    const { world, observer, tellers, ledgers, ringmasters, named } = here;
    const client = marking(here, 1, unanimous);
    const first = world.partition({ between: [client.name], and: named(tellers.slice(1)) });
    await world.run(3110);
    const second = world.partition({
      between: named(ledgers.slice(0, 1)),
      and: [...ringmasters, ...named(ledgers.slice(1))],
    });
    await world.run(8000);
    first.heal();
    second.heal();
    await world.run(12_000);
    assert.equal(observer.counts["ledger out"], 1);
    assert.deepEqual(client.told, [1]);
    assert.deepEqual([...marks(ledgers), ...marks(tellers)], [[1], [1], [1], [1]]);
    assert.deepEqual(observer.problems, []);
  });

  it("by a removed member is refused, and that member's own client turns to the other members", async () => {
    const here = await place("dropped");
    const { world, observer, tellers, ledgers, ringmasters, named } = here;
    const [one, other] = [tellers.slice(0, 1), tellers.slice(1)];
    marking(here, 0, unanimous);
    await world.run(3500);
    const client = marking(here, 1, firstCome);
    await world.run(3550);
    const cuts = [
      world.partition({ between: named(one), and: ringmasters }),
      world.partition({ between: [client.name], and: [...ringmasters, ...named(other)] }),
    ];
    const fromLedgers = world.partition({ between: named(one), and: named(ledgers) });
    await world.run(6000);
    const second = marking(here, 2, unanimous);
    await world.run(7000);
    assert.deepEqual(second.told, [2]);
    fromLedgers.heal();
    // It asks the Ringmaster first, in vain.
    await world.run(13_000);
    const refused = observer.counts["refused as no member"];
    assert.ok(refused! >= 1, `refused ${refused} times`);
    assert.deepEqual(client.told, []);
    for (const cut of cuts) cut.heal();
    await world.run(18_000);
    assert.deepEqual(client.told, [1]);
    assert.deepEqual(
      marks(ledgers)
        .concat(marks(tellers))
        .map((list) => list.sort((a, b) => a - b)),
      Array(4).fill([0, 1, 2]),
    );
    assert.deepEqual(observer.problems, []);
  });

  it("is not answered under a binding earlier than the binding of its execution", async () => {
    const here = await place("bindings", { binding: { lease: 20_000, suspicion: 30_000 } });
    const { town, world, observer, tellers, ledgers, ringmasters, named } = here;
    marking(here, 0, unanimous);
    await world.run(3500);
    const late = named(tellers.slice(1));
    const fromLedgers = world.partition({ between: late, and: named(ledgers) });
    const fromRingmaster = world.partition({ between: late, and: ringmasters });
    ledgers.push(town.member("ledger", () => new Ledger()));
    await world.run(4500);
    const client = marking(here, 1, unanimous);
    await world.run(10_000);
    // The newcomer hears that the other teller lives, and waits for its CALL.
    assert.deepEqual(marks(ledgers), [[0, 1], [0, 1], [0]]);
    assert.deepEqual(marks(tellers), [[0, 1], [0]]);
    fromLedgers.heal();
    // It calls two of the three, under the binding that it has.
    await world.run(16_000);
    assert.deepEqual(marks(tellers), [[0, 1], [0]]);
    fromRingmaster.heal();
    await world.run(22_000);
    assert.deepEqual(marks(tellers), [
      [0, 1],
      [0, 1],
    ]);
    assert.deepEqual(client.told, [1]);
    assert.equal(observer.counts["execute mark"], 2 + 2 + 3 + 2);
    assert.deepEqual(observer.problems, []);
  });

  it("is not awaited from a member that has executed the calling procedure without making the call", async () => {
    const here = await place("passed", { network: { delay: constant(1) } });
    const { world, tellers, ledgers } = here;
    const client = marking(here, 1, firstCome);
    // The second teller fails where the first goes on.
    tellers[1]!.module.mark = () => Promise.reject(new Error("no entry"));
    let called = Infinity;
    let executed = Infinity;
    world.listen(({ time, event }) => {
      if (event.type === "call" && event.procedure === "mark") called = Math.min(called, time);
      if (event.type === "execute" && event.procedure === "mark" && time > called + 2)
        executed = Math.min(executed, time);
    });
    await world.run(10_000);
    assert.equal(client.told.length, 1);
    assert.deepEqual(marks(ledgers), [[1], [1]]);
    // One that does not know the call is waited for as long as a caller is patient.
    const patience = patienceOf(messageOptions(quickMessages));
    assert.ok(executed - called < patience, `executed ${executed - called} ms after it was made`);
  });
});
