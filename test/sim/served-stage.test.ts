/** What `troupe serve` runs, on a stage: members join by a Ringmaster, come back with the state, and are replaced. */
import assert from "node:assert/strict";
import Bank from "../../examples/bank.ts";
import { CallError } from "../../protocols/errors.ts";
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import { constant } from "../../sim/chance/distribution.ts";
import { exponential } from "../../sim/chance/lifetimes.ts";
import { Stage, type StagedOptions } from "../../sim/stage.ts";
import type { StageWorld } from "../../sim/staged-troupe.ts";
import type { StampedEvent, TraceListener } from "../../sim/trace.ts";
import { ServedChecks } from "../../sim/troupes/served-checks.ts";
import { World } from "../../sim/world.ts";
import { troupeIdOf } from "../../protocols/troupe/troupe-id.ts";

const minute = 60_000;

function sentencesOf(world: StageWorld): string[] {
  return world.checks.flatMap((check) => check()).map(({ sentence }) => sentence);
}

/** Deposits of 1, one a second, to a bank whose machines fail. Answers the balances at the members that serve. */
async function deposits(world: World, count: number, options: StagedOptions<Bank>): Promise<number[]> {
  const stage = new Stage(world);
  const bank = stage.troupe("bank", () => new Bank(), 3, { binding: "ringmaster", ...options });
  await bank.formed();
  const machines = world.machines.filter(({ name }) => name.startsWith("bank"));
  const [lifetime, repair] = [exponential(1.5 * minute), exponential(10_000)];
  for (const machine of machines) world.fail(machine, { lifetime, repair });
  const client = stage.client("client");
  await world.until(
    client.thread(async () => {
      const account = await client.bind(Bank, "bank");
      for (let i = 1; i <= count; i++) {
        assert.equal(await account.deposit("alice", 1), i);
        await client.sleep(1000);
      }
    }),
  );
  return bank.members.filter(({ serves }) => serves).map(({ module }) => module.accounts["alice"]!);
}

describe("a stage with a Ringmaster", () => {
  for (const ordering of ["none", "commit", "broadcast"] satisfies OrderingName[]) {
    it(`goes on while machines fail and come back, ordering ${ordering}: every call is answered once`, async () => {
      const world = new World({ seed: "served 2" });
      const balances = await deposits(world, 150, { ordering });
      assert.ok(balances.length > 0);
      assert.deepEqual([...new Set(balances)], [150]);
      const crashes = world.ledger.summary().find(({ name }) => name === "failure");
      assert.ok(crashes!.effective >= 5, `${crashes!.effective} crashes`);
      assert.deepEqual(sentencesOf(world), []);
    });
  }

  it("replaces members on spare machines, and takes machines that come back as spares", async () => {
    const world = new World({ seed: "spares" });
    const seen = new Set<string>();
    world.listen(({ machine, event }) => {
      if (event.type === "membership" && event.name === "bank" && event.state === "member") seen.add(machine);
    });
    const replacement = { spares: 1, time: constant(5000) };
    assert.deepEqual([...new Set(await deposits(world, 150, { replacement }))], [150]);
    assert.ok(seen.has("bank 4"), [...seen].join());
    assert.deepEqual(sentencesOf(world), []);
  });

  it("replaces a member that is cut off, which leaves when it is heard again", async () => {
    const world = new World({ seed: "cut" });
    const stage = new Stage(world);
    const replacement = { spares: 1, time: constant(5000) };
    const bank = stage.troupe("bank", () => new Bank(), 3, { binding: "ringmaster", replacement });
    await bank.formed();
    const cut = world.partition({ between: ["bank 2"] });
    await world.run(world.now + minute);
    assert.equal(bank.member(2).machine.name, "bank 4");
    assert.ok(bank.member(2).serves);
    cut.heal();
    await world.run(world.now + 2 * minute);
    assert.equal(bank.troupe.members.length, 3);
    assert.ok(bank.member(2).serves);
  });

  it("tells a client that the state is lost when all members have died, unless it is to be founded anew", async () => {
    const outcomes: string[] = [];
    for (const anew of [false, true]) {
      const world = new World({ seed: "lost" });
      const stage = new Stage(world);
      const bank = stage.troupe("bank", () => new Bank(), 2, { binding: "ringmaster", anew });
      await bank.formed();
      const client = stage.client("client");
      const stub = await world.until(client.thread(() => client.bind(Bank, "bank")));
      await world.until(client.thread(() => stub.deposit("alice", 1)));
      for (const { machine } of bank.members) machine.crash();
      await world.run(world.now + minute);
      for (const { machine } of bank.members) machine.restart();
      await world.run(world.now + minute);
      const asked = client.thread(async () => (await client.bind(Bank, "bank")).balance("alice"));
      outcomes.push(
        await world.until(
          asked.then(String, (error: unknown) => {
            if (error instanceof CallError) return error.kind;
            throw error;
          }),
        ),
      );
    }
    assert.deepEqual(outcomes, ["troupe-lost", "0"]);
  });

  it("refuses two kinds of binding, and options that need a Ringmaster", () => {
    const stage = new Stage(new World({ seed: "stage" }));
    stage.troupe("bank", () => new Bank(), 1);
    assert.throws(
      () => stage.troupe("till", () => new Bank(), 1, { binding: "ringmaster" }),
      /troupe "till": binding "ringmaster" on a stage whose first troupe or client has "static"/,
    );
    assert.throws(
      () => stage.troupe("till", () => new Bank(), 1, { anew: true }),
      /troupe "till": anew goes with binding "ringmaster" only/,
    );
  });
});

describe("the checkers of a stage", () => {
  /** Checks that hear these events, at a time long after them. */
  function heard(events: readonly StampedEvent[]): string[] {
    let tell: TraceListener = () => undefined;
    const world = new World({ seed: "heard" });
    const fake = Object.create(world, {
      listen: { value: (listener: TraceListener) => (tell = listener) },
      now: { value: 1e9 },
    }) as World;
    const checks = new ServedChecks(fake, { name: "bank", ordering: "none", states: () => undefined });
    for (const event of events) tell(event);
    return checks.violations().map(({ sentence }) => sentence);
  }

  it("find a call that was executed twice, or by some members only, however many calls came after it", () => {
    const troupe = troupeIdOf("bank", 1);
    const stamp = (time: number, address: number, event: StampedEvent["event"]): StampedEvent => {
      return { time, machine: `m${address}`, address, incarnation: 1, event };
    };
    const member = { type: "membership", name: "bank", troupe, state: "member" } as const;
    const events = [1, 2, 9].map((address) => stamp(0, address, { type: "start" }));
    events.push(stamp(0, 1, member), stamp(0, 2, member));
    for (let i = 1; i <= 25_000; i++) {
      const names = { thread: "9.1.1", path: `${i}`, troupe, procedure: "deposit" };
      events.push(stamp(i, 9, { type: "call", members: 2, ...names }));
      for (const address of i === 7 ? [1, 1, 2] : i === 8 ? [1] : [1, 2])
        events.push(stamp(i, address, { type: "execute", ...names }));
      events.push(stamp(i, 9, { type: "call-done", outcome: "returned", ...names }));
    }
    assert.deepEqual(heard(events), [
      "At 7 ms (seed heard, replication 0): m1 executed call 7 of thread 9.1.1 (deposit) 2 times.",
      "At 8 ms (seed heard, replication 0): m2 was up but never executed call 8 of thread 9.1.1 (deposit), which was answered.",
    ]);
  });

  /** A bank of three that is called by `call`, as long as it lasts. */
  async function played(make: () => Bank, clients: number): Promise<string[]> {
    const world = new World({ seed: "checked", network: { delay: exponential(5) } });
    const stage = new Stage(world);
    const bank = stage.troupe("bank", make, 3, { binding: "ringmaster" });
    await bank.formed();
    const all = Array.from({ length: clients }, (_, i) => {
      const client = stage.client(`client ${i + 1}`);
      return client.thread(async () => {
        const account = await client.bind(Bank, "bank", {
          collator: { name: "all", decide: (replies) => (replies.includes(undefined) ? -1 : 0) },
        });
        for (let call = 0; call < 20; call++) await account.deposit("alice", call + 1);
      });
    });
    await world.until(Promise.all(all));
    return sentencesOf(world);
  }

  it("find members whose states differ", async () => {
    const lives: Bank[] = [];
    class Odd extends Bank {
      override deposit(account: string, amount: number): number {
        return super.deposit(account, amount + (lives.indexOf(this) === 2 ? 1 : 0));
      }
    }
    const make = (): Bank => lives[lives.push(new Odd()) - 1]!;
    const [sentence, ...others] = await played(make, 1);
    assert.match(
      sentence!,
      /\(seed checked, replication 0\): bank 1 and bank 3 differ in state\.accounts\.alice: 210 against 230\.$/,
    );
    assert.deepEqual(others, []);
  });

  it("find nothing where there is nothing", async () => {
    assert.deepEqual(await played(() => new Bank(), 3), []);
  });
});
