/** Members of clients and servers that die in the middle of transactions: whoever lives agrees on each. */
import assert from "node:assert/strict";
import { firstCome } from "../../../protocols/call/collator.ts";
import type { Program } from "../../../protocols/program/program.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";
import { Bank } from "./bank.ts";

const orderings = ["commit", "broadcast"] as const;
const messages = { retransmitInterval: 30, longestInterval: 100, tries: 5, probeInterval: 100 };

/** A replicated client. */
class Teller {
  readonly #program: Program;
  answers: unknown[] = [];

  constructor(program: Program) {
    this.#program = program;
  }

  async work(name: string, calls: number): Promise<number> {
    const bank = this.#program.import(Bank, "bank");
    for (let k = 0; k < calls; k++) this.answers.push(await bank.transfer("a", "b", 1, `${name}.${k}`));
    return calls;
  }
}

interface Outcome {
  readonly banks: readonly Bank[];
  readonly tellers: readonly Teller[];
  readonly done: readonly unknown[];
}

/** Two clients of three members each, and one alone, call a bank of three; what dies, dies at a random moment. */
async function course(
  ordering: "commit" | "broadcast",
  seed: number,
  victims: readonly ("bank" | "one" | "alone" | "both")[],
  lenient = false,
): Promise<Outcome> {
  const world = new World({ seed: `${seed}`, network: { delay: exponential(3), loss: 0.02 } });
  const stage = new Stage(world, messages);
  const bank = stage.troupe("bank", () => new Bank(), 3, {
    ordering,
    transactions: { deadlockTimeout: 60 },
    ...(lenient ? { collators: { transfer: firstCome } } : {}),
  });
  const one = stage.troupe("one", (program) => new Teller(program), 3);
  stage.troupe("other", (program) => new Teller(program), 2);
  const done: unknown[] = [];
  const start = (name: "one" | "other"): void => {
    const client = stage.client(`client of ${name}`);
    const teller = client.import(Teller, name, { collator: firstCome });
    void client.thread(async () => {
      done.push(await teller.work(name, 4).catch((error: unknown) => error));
    });
  };
  start("one");
  start("other");
  const alone = stage.client("alone");
  const direct = alone.import(Bank, "bank");
  void alone.thread(async () => {
    for (let k = 0; k < 4; k++) await direct.transfer("b", "c", 1, `alone.${k}`);
    done.push("alone");
  });
  const chance = world.random.fork("victims");
  const when = (): number => 5 + 100 * chance.next();
  for (const victim of victims) {
    const member = 1 + Math.floor(chance.next() * 3);
    if (victim === "bank") world.at(when(), () => bank.member(member).machine.crash());
    else if (victim === "one") world.at(when(), () => one.member(member).machine.crash());
    else if (victim === "alone") world.at(when(), () => world.machines.find(({ name }) => name === "alone")!.crash());
    else
      for (const { machine } of one.members) {
        world.at(when(), () => {
          if (machine.up) machine.crash();
        });
      }
  }
  await world.run(200_000);
  const living = <T>(troupe: { members: readonly { machine: { up: boolean }; module: T }[] }): T[] =>
    troupe.members.filter(({ machine }) => machine.up).map(({ module }) => module);
  return { banks: living(bank), tellers: living(one), done };
}

describe("transactions whose clients or members crash", () => {
  for (const ordering of orderings) {
    for (const victims of [
      ["alone"],
      ["one"],
      ["bank"],
      ["one", "bank"],
      ["one", "bank", "alone"],
      ["both"],
      ["both", "bank"],
    ] as const) {
      it(`by ${ordering}, ${victims.join(", ")}: members that live have done the same`, async function () {
        this.timeout(60_000);
        for (let seed = 1; seed <= 25; seed++) {
          const { banks, tellers, done } = await course(ordering, seed, victims, seed % 3 === 0);
          const [first] = banks;
          const where = `seed ${seed}`;
          for (const bank of banks) {
            assert.deepEqual(bank.entries, first!.entries, where);
            assert.deepEqual(bank.accounts, first!.accounts, where);
            assert.equal(new Set(bank.entries).size, bank.entries.length, where);
          }
          assert.equal(first!.total(), 300, where);
          for (const { answers } of tellers) assert.deepEqual(answers, tellers[0]!.answers, where);
          // Who lives is served: the queue and the locks of the dead are given back.
          const other = first!.entries.filter((entry) => entry.startsWith("other")).length;
          assert.equal(other, 4, where);
          if (!(victims as readonly string[]).includes("alone")) assert.ok(done.includes("alone"), where);
          if (tellers.length > 0)
            assert.equal(first!.entries.filter((entry) => entry.startsWith("one")).length, 4, where);
        }
      });
    }
  }
});
