/** What a class says of its methods, and what it may not say. */
import assert from "node:assert/strict";
import { proceduresOf } from "../../../protocols/call/module.ts";
import { marksOf, type Marks } from "../../../protocols/transaction/marks.ts";

class Plain {
  one(): void {}
}

function marked(transactions: Marks): typeof Plain {
  class Bank {
    static readonly transactions = transactions;
    balance(account: string): string {
      return account;
    }
    transfer(from: string, to: string): string {
      return from + to;
    }
  }
  return Bank as unknown as typeof Plain;
}

function marks(transactions: Marks): ReturnType<typeof marksOf> {
  const type = marked(transactions);
  return marksOf(type, proceduresOf(type));
}

describe("marks", () => {
  it("lock the whole module if a class has none", () => {
    const plain = marksOf(Plain, proceduresOf(Plain)).get("one")!;
    assert.deepEqual(plain.claims([]), [{ object: "", mode: "exclusive" }]);
  });

  it("claim objects in sorted order, each object once", () => {
    const { transfer, balance } = Object.fromEntries(
      marks({
        reads: ["balance"],
        objects: {
          balance: (account: string) => [account],
          transfer: (from: string, to: string) => [from, to],
        },
      }),
    );
    const ordered = transfer!.claims(["b", "a"]);
    assert.deepEqual(
      ordered.map(({ object, mode }) => `${object} ${mode}`),
      [" intend-exclusive", ".a exclusive", ".b exclusive"],
    );
    assert.equal(transfer!.claims(["a", "a"]).length, 2);
    assert.deepEqual(
      balance!.claims(["a"]).map(({ object, mode }) => `${object} ${mode}`),
      [" intend-shared", ".a shared"],
    );
  });

  it("are refused if a method does not exist; the error names the nearest method", () => {
    assert.throws(() => marks({ reads: ["balanse"] }), {
      name: "TypeError",
      message: "class Bank marks the method balanse, which it has not; did you mean balance?",
    });
    assert.throws(() => marks({ objects: { zzz: () => [] } }), /which it has not; it has balance, transfer/);
  });

  it("are refused if a method is marked twice", () => {
    assert.throws(() => marks({ reads: ["balance"], writes: ["balance"] }), /both as reading and as writing/);
  });

  it("are refused if they have another form, but a field of the class's own of that name is not theirs", () => {
    const wrong =
      (value: object): (() => unknown) =>
      () =>
        marks(value as Marks);
    assert.throws(wrong({ reeds: ["balance"] }), /^TypeError: class Bank has marks named reeds; expected reads/);
    assert.throws(wrong({ reads: "balance" }), /^TypeError: class Bank marks as reads no list of methods/);
    assert.throws(
      wrong({ objects: { balance: "account" } }),
      /^TypeError: class Bank marks objects of balance that are/,
    );
    assert.equal(marks([1, 2] as Marks).get("balance")!.reads, false);
  });
});
