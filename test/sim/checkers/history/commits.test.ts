/** The checkers accept real runs of both protocols, and find each mutant of their traces. */
import assert from "node:assert/strict";
import { areCompatible, type Mode } from "../../../../protocols/transaction/locks.ts";
import { checkAgreement, checkCommitOrder } from "../../../../sim/checkers/history/commits.ts";
import { exponential } from "../../../../sim/chance/lifetimes.ts";
import { Stage } from "../../../../sim/stage.ts";
import type { StampedEvent } from "../../../../sim/trace.ts";
import { World } from "../../../../sim/world.ts";

class Bank {
  static readonly transactions = {
    reads: ["balance", "total"],
    objects: { transfer: (from: string, to: string) => [from, to], balance: (account: string) => [account] },
  };
  accounts: Record<string, number> = { a: 100, b: 100, c: 100 };

  transfer(from: string, to: string): number {
    this.accounts[from]!--;
    return ++this.accounts[to]!;
  }

  balance(account: string): number {
    return this.accounts[account]!;
  }

  total(): number {
    return Object.values(this.accounts).reduce((sum, each) => sum + each, 0);
  }
}

interface Run {
  readonly trace: readonly StampedEvent[];
  readonly stage: Stage;
}

/** Three clients, eight calls each; a member crashes in the middle. */
async function run(ordering: "commit" | "broadcast", seed = "1"): Promise<Run> {
  const world = new World({ seed, network: { delay: exponential(5), loss: 0.05 } });
  const trace: StampedEvent[] = [];
  world.listen((event) => trace.push(event));
  const stage = new Stage(world);
  const troupe = stage.troupe("bank", () => new Bank(), 3, { ordering });
  for (let i = 0; i < 3; i++) {
    const client = stage.client(`client ${i + 1}`);
    const bank = client.import(Bank, "bank");
    void client.thread(async () => {
      for (let k = 0; k < 8; k++) {
        if (k === 3) await bank.total();
        else if (k === 5) await bank.balance("a");
        else await bank.transfer("abc"[(i + k) % 3]!, "abc"[(i + k + 1) % 3]!);
      }
    });
  }
  world.at(60, () => troupe.member(3).machine.crash());
  await world.run(600_000);
  return { trace, stage };
}

function violations({ stage }: Run, trace: readonly StampedEvent[]): string[] {
  const members = (id: number) => (stage.binding.lookupById(id)?.members ?? []).map(({ address }) => address);
  const found = [...checkCommitOrder(trace, { seed: "1" }), ...checkAgreement(trace, { seed: "1", members })];
  return found.map(({ sentence }) => sentence);
}

type Committed = StampedEvent & { readonly event: { readonly type: "transaction" } };

function isCommit(stamped: StampedEvent, machine: string): stamped is Committed {
  return stamped.machine === machine && stamped.event.type === "transaction" && stamped.event.outcome === "committed";
}

type Claims = readonly { readonly object: string; readonly mode: string }[];

function claimsAt({ trace }: Run, place: number): Claims {
  const { event } = trace[place]!;
  assert.ok(event.type === "transaction");
  return event.claims!;
}

/** By the rules of locks, from one object that both hold. */
function conflict(claims: Claims, others: Claims): boolean {
  return claims.some(({ object, mode }) =>
    others.some((other) => object === other.object && !areCompatible(mode as Mode, other.mode as Mode)),
  );
}

/** The trace with the events of these places in each other's place. */
function swapped(trace: readonly StampedEvent[], i: number, j: number): StampedEvent[] {
  const other = [...trace];
  [other[i], other[j]] = [other[j]!, other[i]!];
  return other;
}

for (const ordering of ["commit", "broadcast"] as const) {
  describe(`the checkers of commits, by ${ordering}`, () => {
    let real: Run;
    let places: number[];

    before(async () => {
      real = await run(ordering);
      places = [...real.trace.keys()].filter((i) => isCommit(real.trace[i]!, "bank 1"));
    });

    for (const seed of ["1", "2", "3", "4"]) {
      it(`accept a run with losses and a crash, seed ${seed}`, async () => {
        const sound = await run(ordering, seed);
        assert.equal(sound.trace.filter((stamped) => isCommit(stamped, "bank 1")).length, 24);
        assert.deepEqual(violations(sound, sound.trace), []);
      });
    }

    it("accept a transaction whose calls claim the same object", () => {
      const twice = real.trace.map((stamped) => {
        const { event } = stamped;
        if (event.type !== "transaction" || event.claims === undefined) return stamped;
        return { ...stamped, event: { ...event, claims: [...event.claims, ...event.claims] } };
      });
      assert.deepEqual(violations(real, twice), []);
    });

    it("find two conflicting transactions that one member committed in another order", () => {
      let found = 0;
      for (let i = 1; i < places.length; i++) {
        const [first, second] = [places[i - 1]!, places[i]!];
        const sentences = violations(real, swapped(real.trace, first, second));
        assert.equal(
          sentences.length > 0,
          conflict(claimsAt(real, first), claimsAt(real, second)),
          sentences.join("\n"),
        );
        if (sentences.length === 0) continue;
        found++;
        assert.match(
          sentences[0]!,
          /transactions were committed in different orders: bank \d committed call \S+ of thread \S+ before call \S+ of thread \S+ \((object [abc]|its module)\); bank \d committed/,
        );
      }
      assert.ok(found > 15, `${found} of ${places.length - 1}`);
    });

    it("find a member that never committed a transaction", () => {
      const sentences = violations(real, real.trace.toSpliced(places[5]!, 1));
      assert.equal(sentences.length, 1, sentences.join("\n"));
      assert.match(
        sentences[0]!,
        /bank 1 was up and (never committed|undid) call .*, although bank [23] committed it\.$/,
      );
    });

    it("find an answered transaction that nobody committed", () => {
      const { thread, path } = (real.trace[places.at(-1)!] as Committed).event as unknown as {
        thread: string;
        path: string;
      };
      const without = real.trace.filter(
        ({ event }) => event.type !== "transaction" || event.thread !== thread || event.path !== path,
      );
      const sentences = violations(real, without);
      assert.equal(sentences.length, 2, sentences.join("\n"));
      for (const sentence of sentences)
        assert.match(sentence, /was up and never committed .*, although client \d was told that it returned/);
    });

    it("find a transaction that a member committed twice", () => {
      const sentences = violations(real, real.trace.toSpliced(places[5]!, 0, real.trace[places[5]!]!));
      assert.ok(sentences.some((sentence) => /bank 1 committed call .* 2 times/.test(sentence)));
    });

    it("excuse a member that crashed", () => {
      const dead = real.trace.filter((stamped) => !isCommit(stamped, "bank 3"));
      assert.deepEqual(violations(real, dead), []);
    });
  });
}
