/** Transactions across troupes: what a call has done at others vanishes with it, and lasts with it. */
import assert from "node:assert/strict";
import type { Program } from "../../../protocols/program/program.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";

class Account {
  sum = 100;
  count = 0;

  add(amount: number): number {
    if (this.sum + amount < 0) throw new RangeError(`${this.sum} is less than ${-amount}`);
    this.count++;
    return (this.sum += amount);
  }

  /** Fails when it has begun. */
  spoil(): void {
    this.sum = 0;
    this.count = 99;
    throw new Error("spoilt");
  }

  sumNow(): number {
    return this.sum;
  }
}

/** Transfers from one troupe to another, and writes down what it did. */
class Office {
  readonly #program: Program;
  #done: string[] = [];

  constructor(program: Program) {
    this.#program = program;
  }

  async transfer(amount: number, entry: string): Promise<string> {
    const [from, to] = [this.#program.import(Account, "from"), this.#program.import(Account, "to")];
    await from.add(-amount);
    await to.add(amount);
    this.#done.push(entry);
    return this.#done.join(" ");
  }

  /** Both at once, and then an error. */
  async fail(amount: number): Promise<void> {
    const [from, to] = [this.#program.import(Account, "from"), this.#program.import(Account, "to")];
    await Promise.all([from.add(-amount), to.add(amount)]);
    this.#done.push("failed");
    throw new Error("it was all for nothing");
  }

  /** A part that fails is undone alone. */
  async careful(amount: number): Promise<string> {
    const [from, to] = [this.#program.import(Account, "from"), this.#program.import(Account, "to")];
    await to.add(amount);
    try {
      await from.add(-1000);
    } catch {
      await from.add(-amount);
    }
    return "careful";
  }

  /** Two branches that meet in one account. */
  async branches(): Promise<number> {
    const account = this.#program.import(Account, "to");
    const sums = await this.#program.parallel([
      async () => {
        await account.add(1);
        return account.add(2);
      },
      () => account.add(10),
    ]);
    return sums[0] + sums[1];
  }

  getState(): unknown {
    return this.#done;
  }

  setState(state: unknown): void {
    this.#done = state as string[];
  }
}

interface Town {
  readonly world: World;
  readonly stage: Stage;
  readonly states: () => { office: string[]; from: string[]; to: string[] };
}

function town(seed: string, ordering: "none" | "commit" | "broadcast" = "commit", loss = 0): Town {
  const world = new World({ seed, network: { delay: exponential(3), loss } });
  const stage = new Stage(world, { retransmitInterval: 30, longestInterval: 100, tries: 5, probeInterval: 100 });
  const options = { ordering, transactions: { deadlockTimeout: 80 } };
  const office = stage.troupe("office", (program) => new Office(program), 2, options);
  const [from, to] = ["from", "to"].map((name) => stage.troupe(name, () => new Account(), 2, options));
  const shown = (troupe: typeof from): string[] =>
    troupe!.members.filter(({ machine }) => machine.up).map(({ module }) => `${module.sum} ${module.count}`);
  return {
    world,
    stage,
    states: () => ({
      office: office.members
        .filter(({ machine }) => machine.up)
        .map(({ module }) => (module.getState() as string[]).join(" ")),
      from: shown(from),
      to: shown(to),
    }),
  };
}

function client({ stage }: Town, name: string, main: (program: Program) => Promise<unknown>): unknown[] {
  const program = stage.client(name);
  const outcome: unknown[] = [];
  void program.thread(async () => {
    outcome.push(await main(program).catch((error: unknown) => error));
  });
  return outcome;
}

function office(program: Program) {
  return program.import(Office, "office");
}

describe("a transaction across troupes", () => {
  it("takes effect at all troupes", async () => {
    const at = town("lasts");
    const outcome = client(at, "client", (program) => office(program).transfer(30, "x"));
    await at.world.run();
    assert.deepEqual(outcome, ["x"]);
    assert.deepEqual(at.states(), { office: ["x", "x"], from: ["70 1", "70 1"], to: ["130 1", "130 1"] });
  });

  it("that raises an error is undone at all troupes, and the error is answered", async () => {
    const at = town("fails");
    const outcome = client(at, "client", (program) => office(program).fail(30));
    await at.world.run();
    assert.equal((outcome[0] as Error).message, "it was all for nothing");
    assert.deepEqual(at.states(), { office: ["", ""], from: ["100 0", "100 0"], to: ["100 0", "100 0"] });
  });

  it("undoes the changes of a nested call that raises an error", async () => {
    const at = town("spoilt");
    const outcome = client(at, "client", (program) => program.import(Account, "to").spoil());
    await at.world.run();
    assert.equal((outcome[0] as Error).message, "spoilt");
    assert.deepEqual(at.states().to, ["100 0", "100 0"]);
  });

  it("continues after a nested call was undone", async () => {
    const at = town("careful");
    const outcome = client(at, "client", (program) => office(program).careful(30));
    await at.world.run();
    assert.deepEqual(outcome, ["careful"]);
    assert.deepEqual(at.states(), { office: ["", ""], from: ["70 1", "70 1"], to: ["130 1", "130 1"] });
  });

  it("executes its branches in one order at all members", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const at = town(`branches ${seed}`);
      const outcome = client(at, "client", (program) => office(program).branches());
      await at.world.run();
      assert.equal(typeof outcome[0], "number", `${seed}: ${String(outcome[0])}`);
      assert.deepEqual(at.states().to, ["113 3", "113 3"]);
    }
  });

  for (const [what, crash] of [
    ["with losses", false],
    ["with losses and crashes", true],
  ] as const) {
    it(`conserves money among unrelated clients, ${what}`, async function () {
      this.timeout(60_000);
      for (let seed = 1; seed <= 30; seed++) {
        const at = town(`many ${seed}`, "commit", 0.02);
        const outcomes = [1, 2, 3].map((i) =>
          client(at, `client ${i}`, async (program) => {
            for (let k = 0; k < 3; k++) await office(program).transfer(i, `${i}.${k}`);
            return "done";
          }),
        );
        const direct = client(at, "direct", async (program) => {
          const [from, to] = [program.import(Account, "from"), program.import(Account, "to")];
          for (let k = 0; k < 4; k++) await Promise.all([from.add(1), to.add(-1)]);
          return "done";
        });
        if (crash) {
          const chance = at.world.random.fork("crash");
          const [troupe, number] = [["office", "from", "to"][seed % 3]!, 1 + Math.floor(2 * chance.next())];
          const machine = at.world.machines.find(({ name }) => name === `${troupe} ${number}`)!;
          at.world.at(10 + 80 * chance.next(), () => machine.crash());
        }
        await at.world.run(300_000);
        const states = at.states();
        for (const [name, members] of Object.entries(states)) {
          assert.equal(new Set(members).size, 1, `seed ${seed}, ${name}: ${members.join(" | ")}`);
        }
        assert.deepEqual([...outcomes, direct].flat(), ["done", "done", "done", "done"], `seed ${seed}`);
        assert.deepEqual([states.from[0], states.to[0]], ["86 13", "114 13"], `seed ${seed}`);
        assert.equal(states.office[0]!.split(" ").length, 9, `seed ${seed}`);
      }
    });
  }
});
