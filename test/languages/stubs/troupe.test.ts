/** Compiled stubs in a simulated troupe: every member executes each call, errors and state are of their types. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { compileCourier } from "../../../languages/stubs/courier/compile.ts";
import { emit } from "../../../languages/stubs/emit/module.ts";
import { externalizeState, internalizeState } from "../../../protocols/call/module-state.ts";
import type { Stub } from "../../../protocols/call/client/stub.ts";
import type { Interface } from "../../../protocols/call/interface.ts";
import { majority } from "../../../protocols/call/collator.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";
import { compile, load, root } from "./emitted.ts";

interface Account {
  readonly name: string;
  readonly balance: number;
  readonly status: "open" | "frozen" | "closed";
  readonly history: readonly object[];
}

interface Bank {
  open(name: string): void;
  deposit(name: string, amount: number): number;
  withdraw(name: string, amount: number): number;
  describe(name: string): { account: Account; size: number };
}

interface Stubs {
  readonly interfaceOfBank: Interface<Bank>;
  readonly largestDeposit: number;
  readonly house: string;
  readonly NoSuchAccount: new (name: string) => Error;
  readonly InsufficientFunds: new (balance: number, needed: number) => Error;
}

/** An ordinary class, that knows of its errors and nothing else of the stubs. */
function bankClass({ NoSuchAccount, InsufficientFunds }: Stubs) {
  return class implements Bank {
    accounts: Account[] = [];

    #account(name: string): number {
      const place = this.accounts.findIndex((each) => each.name === name);
      if (place < 0) throw new NoSuchAccount(name);
      return place;
    }

    #change(name: string, amount: number): number {
      const place = this.#account(name);
      const { balance, history, ...rest } = this.accounts[place]!;
      if (balance + amount < 0) throw new InsufficientFunds(balance, -amount);
      const movement = { type: amount < 0 ? "withdrawal" : "deposit", value: { amount: Math.abs(amount), at: [1, 2] } };
      this.accounts[place] = { ...rest, balance: balance + amount, history: [...history, movement] };
      return balance + amount;
    }

    open(name: string): void {
      this.accounts.push({ name, balance: 0, status: "open", history: [] });
    }

    deposit(name: string, amount: number): number {
      return this.#change(name, amount);
    }

    withdraw(name: string, amount: number): number {
      return this.#change(name, -amount);
    }

    describe(name: string): { account: Account; size: number } {
      return { account: this.accounts[this.#account(name)]!, size: this.accounts.length };
    }

    getState(): unknown {
      return { accounts: this.accounts };
    }

    setState(state: unknown): void {
      this.accounts = (state as { accounts: Account[] }).accounts;
    }
  };
}

describe("compiled stubs in a troupe", function () {
  this.timeout(60_000);
  let path = "";
  let stubs: Stubs;

  before(async () => {
    path = compile(emit(compileCourier([join(root, "test/languages/stubs/bank.cr")])));
    stubs = await load<Stubs>(path, "Bank1");
  });

  it("have the constants of the specification", () => {
    assert.equal(stubs.largestDeposit, 1_000_000);
    assert.equal(stubs.house, 'the "house"');
  });

  async function scenario(run: (bank: Stub<Bank>) => Promise<void>, loss = 0): Promise<unknown[]> {
    const world = new World({ seed: "stubs", network: { loss } });
    const stage = new Stage(world);
    const type = bankClass(stubs);
    const troupe = stage.troupe<Bank>("bank", () => new type(), 3, { interface: stubs.interfaceOfBank });
    const client = stage.client("teller");
    const bank = client.import(stubs.interfaceOfBank, "bank");
    const done = client.thread(() => run(bank));
    await world.run();
    await done;
    return troupe.members.map(({ module }) => (module as InstanceType<typeof type>).accounts);
  }

  it("execute each call at every member, with datagrams lost", async () => {
    const states = await scenario(async (bank) => {
      assert.equal(await bank.open("alice"), undefined);
      assert.equal(await bank.deposit("alice", 100), 100);
      assert.equal(await bank.withdraw("alice", 30), 70);
      const { account, size } = await bank.describe("alice");
      assert.equal(size, 1);
      const at = [1, 2];
      assert.deepEqual(account, {
        name: "alice",
        balance: 70,
        status: "open",
        history: [
          { type: "deposit", value: { amount: 100, at } },
          { type: "withdrawal", value: { amount: 30, at } },
        ],
      });
    }, 0.2);
    assert.equal(states.length, 3);
    assert.equal((states[0] as Account[])[0]!.balance, 70);
    for (const state of states) assert.deepEqual(state, states[0]);
  });

  it("bring declared errors to the client as what they are", async () => {
    await scenario(async (bank) => {
      await bank.open("alice");
      const unknown = await bank.deposit("bob", 1).catch((error: unknown) => error);
      assert.ok(unknown instanceof stubs.NoSuchAccount);
      assert.equal((unknown as unknown as { name_: string }).name_, "bob");
      const poor = await bank.withdraw("alice", 5).catch((error: unknown) => error);
      assert.ok(poor instanceof stubs.InsufficientFunds);
      const { balance, needed } = poor as unknown as { balance: number; needed: number };
      assert.deepEqual([balance, needed], [0, 5]);
    });
  });

  it("refuse arguments that are not of their types, naming the argument, before anything is sent", async () => {
    await scenario(async (bank) => {
      await assert.rejects(bank.deposit("alice", -1), /deposit\.amount is -1; expected a LONG CARDINAL/);
      await assert.rejects(bank.deposit(5 as unknown as string, 1), /deposit\.name is 5; expected a string/);
      await assert.rejects(bank.open("x".repeat(70_000)), /open\.name has 70000 bytes of text; expected at most 65535/);
    });
  });

  it("hand out results one by one, where the program asks for the generator", async () => {
    await scenario(async (bank) => {
      await bank.open("alice");
      const balances: unknown[] = [];
      for await (const reply of bank.deposit.replies("alice", 7)) {
        balances.push(reply.type === "returned" ? reply.value : reply.type);
      }
      assert.deepEqual(balances, [7, 7, 7]);
    });
  });

  it("move state by its declared type", () => {
    const type = bankClass(stubs);
    const old = new type();
    old.open("alice");
    old.deposit("alice", 5);
    const form = stubs.interfaceOfBank.state!;
    const bytes = externalizeState(old, form);
    // One account: count, "alice" (count, six bytes), balance, status, count, designator, amount, two words.
    assert.equal(bytes.length, 2 + (2 + 6) + 4 + 2 + 2 + (2 + 4 + 4));
    const fresh = new type();
    internalizeState(fresh, bytes, form);
    assert.deepEqual(fresh.accounts, old.accounts);
    old.accounts = [{ name: "x", balance: 0.5, status: "open", history: [] }];
    assert.throws(() => externalizeState(old, form), /Account\.balance is 0\.5/);
  });

  it("are asked for all procedures of the interface when a module is exported", () => {
    const stage = new Stage(new World({ seed: "missing" }));
    class Half {
      open(): void {}
    }
    assert.throws(
      () => stage.troupe("bank", () => new Half(), 1, { interface: stubs.interfaceOfBank }),
      /module Half has no procedure "deposit", which Bank has/,
    );
  });

  it("take the collator of the call from the interface", () => {
    const [program] = compileCourier([join(root, "test/languages/stubs/bank.cr")]);
    const replication = new Map([["deposit", { results: "majority", arguments: "first-come", calls: true }]]);
    const [file] = emit([program!], { replication });
    assert.match(file!.text, /collator: majority,\n {2}argumentCollator: firstCome,\n {2}takesGenerator: true,/);
    assert.equal(majority.name, "majority");
  });
});
