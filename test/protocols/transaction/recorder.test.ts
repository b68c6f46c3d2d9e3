/** Undoing and redoing: whatever a method does to its object, against a copy made before. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { externalizeState } from "../../../protocols/call/module-state.ts";
import { declareClasses } from "../../../protocols/wire/declared.ts";
import { Log, Recorder } from "../../../protocols/transaction/recorder.ts";
import { Snapshot } from "../../../protocols/transaction/snapshot.ts";

class Pile extends Array<number> {
  label = "pile";
}

class Everything {
  count = 0;
  name = "nobody";
  optional: number | undefined = undefined;
  accounts: Record<string, number> = { alice: 1, bob: 2 };
  list: unknown[] = [1, { deep: [2] }, "three"];
  table = new Map<unknown, unknown>([
    ["a", { n: 1 }],
    ["b", [2]],
  ]);
  tags = new Set<unknown>(["x", "y", "z"]);
  when = new Date(1985);
  bytes = new Uint8Array([1, 2, 3]);
  floats = new Float64Array([1, 2]);
  memory = new ArrayBuffer(8);
  words = /\w/g;
  pile = new Pile();
  history: readonly { readonly n: number }[] = Object.freeze([Object.freeze({ n: 1 })]);
  nested = { of: { of: { value: 1, list: [3, 1, 2] } } };

  get double(): number {
    return this.count * 2;
  }
  set double(value: number) {
    this.count = value / 2;
  }
}

declareClasses({ Pile });

type Act = (at: Everything, k: number) => unknown;

const acts: readonly Act[] = [
  (at, k) => (at.count += k),
  (at, k) => (at.double = k),
  (at, k) => (at.name = `${at.name}${k}`),
  (at, k) => (at.accounts[`n${k}`] = k),
  (at) => delete at.accounts["alice"],
  (at) => (at.accounts["alice"] = 7),
  (at, k) => at.list.push(k, { k }),
  (at) => at.list.pop(),
  (at) => at.list.shift(),
  (at, k) => at.list.unshift(k),
  (at, k) => at.list.splice(1, 1, k, k),
  (at) => at.list.sort((a, b) => (String(a) < String(b) ? -1 : 1)),
  (at) => at.list.reverse(),
  (at) => (at.list.length = 1),
  (at) => ((at.list[1] as { deep?: number[] } | undefined)?.deep ?? []).push(9),
  (at, k) => at.table.set(`k${k}`, { n: k }),
  (at) => at.table.delete("a"),
  (at) => at.table.set("a", at.list),
  (at) => at.table.clear(),
  (at) => {
    const entry = at.table.get("b");
    if (Array.isArray(entry)) entry.push(at.table.size);
  },
  (at, k) => at.tags.add(`t${k}`),
  (at) => at.tags.delete("x"),
  (at) => at.tags.clear(),
  (at) => at.when.setTime(at.when.getTime() + 1),
  (at) => (at.bytes[0] = at.bytes[0]! + 1),
  (at, k) => (at.floats[1] = k),
  (at, k) => new DataView(at.memory).setInt16(2, k),
  (at) => at.words.test("abc"),
  (at, k) => at.pile.push(k),
  (at, k) => (at.pile.label += k),
  (at) => (at.history = Object.freeze([...at.history, Object.freeze({ n: at.history.length + at.history[0]!.n })])),
  (at) => at.nested.of.of.value++,
  (at) => at.nested.of.of.list.sort((a, b) => a - b),
  (at) => (at.nested = { of: { of: at.nested.of.of } }),
  (at) => (at.optional = 1),
  (at) => Object.assign(at.accounts, { carol: 3, dave: 4 }),
  (at) => {
    for (const entry of at.table.values()) if (!Array.isArray(entry)) (entry as { n: number }).n++;
  },
  (at) => at.table.forEach((_, key) => at.tags.add(key)),
];

function bytesOf(module: object): string {
  return Buffer.from(externalizeState(module)).toString("hex");
}

describe("the recorder", () => {
  it("undoes and redoes all changes, with the order of keys", () => {
    const plan = fc.array(fc.tuple(fc.integer({ min: 0, max: acts.length - 1 }), fc.integer({ min: 1, max: 4 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(plan, plan, (before, during) => {
        const module = new Everything();
        const plain = new Everything();
        for (const [which, k] of before) {
          acts[which]!(module, k);
          acts[which]!(plain, k);
        }
        const first = bytesOf(module);
        const log = new Log();
        const recorder = new Recorder(log);
        const open = recorder.open(module);
        for (const [which, k] of during) {
          acts[which]!(open, k);
          acts[which]!(plain, k);
        }
        const after = bytesOf(module);
        assert.equal(after, bytesOf(plain), "through the proxy the same is done as without");
        log.undo();
        assert.equal(bytesOf(module), first);
        log.redo();
        assert.equal(bytesOf(module), after);
        recorder.undo();
        assert.equal(bytesOf(module), first);
      }),
      { numRuns: 600 },
    );
  });

  it("undoes one of two interleaved calls that touch different objects", () => {
    const module = new Everything();
    const [one, other] = [new Recorder(new Log()), new Recorder(new Log())];
    one.open(module).accounts["alice"] = 10;
    other.open(module).accounts["bob"] = 20;
    one.open(module).accounts["carol"] = 30;
    one.undo();
    assert.deepEqual(module.accounts, { alice: 1, bob: 20 });
  });

  it("leaves no proxy behind in the state", () => {
    const module = new Everything();
    const open = new Recorder(new Log()).open(module);
    open.table.set("list", open.list);
    open.list.push({ inside: open.accounts, more: [open.tags] });
    open.list.push(1);
    assert.equal(module.table.get("list"), module.list);
    const made = module.list[3] as { inside: unknown; more: unknown[] };
    assert.equal(made.inside, module.accounts);
    assert.equal(made.more[0], module.tags);
  });

  it("leaves no proxy in instances, sets and keys that a call makes, whenever it fills them", () => {
    class Item {
      readonly symbol = Symbol.for("item");
      of: unknown;
      list: readonly unknown[];
      constructor(of: unknown, list: readonly unknown[] = []) {
        this.of = of;
        this.list = list;
      }
    }
    const module = new Everything();
    const recorder = new Recorder(new Log());
    const open = recorder.open(module);
    const item = new Item(open.accounts, [open.tags]);
    const late = new Item(undefined);
    open.list.push(item, new Set([open.table]), new Map([[open.bytes, open.when]]), late);
    late.of = item;
    late.list = [open.accounts, new Set([open.list])];
    recorder.close();
    assert.equal(module.list[3], item);
    assert.ok(item.of === module.accounts && item.list[0] === module.tags);
    assert.ok((module.list[4] as Set<unknown>).has(module.table));
    assert.equal((module.list[5] as Map<unknown, unknown>).get(module.bytes), module.when);
    assert.ok(late.list[0] === module.accounts && (late.list[1] as Set<unknown>).has(module.list));
  });

  it("tells of an instance of a subclass of Map that a call puts into the state", () => {
    class Sealed extends Map<unknown, unknown> {}
    let blind = 0;
    const open = new Recorder(new Log(), undefined, () => blind++).open(new Everything());
    assert.throws(() => open.list.push(new Sealed([[1, open.tags]])), /is of a subclass of a built-in class/);
    assert.equal(blind, 1);
  });

  it("leaves no proxy of the module itself in what the module keeps", () => {
    class Tree {
      root: unknown = null;
      grow(): void {
        this.root = { parent: this };
      }
    }
    const module = new Tree();
    new Recorder(new Log()).open(module).grow();
    assert.ok((module.root as { parent: unknown }).parent === module);
  });

  it("gives the same proxy for an object that is reached in two ways", () => {
    const open = new Recorder(new Log()).open(new Everything());
    assert.equal(open.list, open.list);
    assert.equal(open.list[1], open.list[1]);
    assert.ok(open.list.includes(open.list[1]));
  });

  for (const [what, value, sentence] of [
    ["a map with methods of its own", new (class extends Map {})(), /^table is of a subclass of a built-in class/],
    ["a frozen object around one that is not", Object.freeze([{ n: 1 }]), /^table cannot be written, but something/],
    ["a frozen map", Object.freeze(new Map()), /^table cannot be written, but something/],
  ] as const) {
    it(`refuses ${what}, whose changes it cannot see`, () => {
      const module = Object.assign(new Everything(), { table: value });
      const open = new Recorder(new Log()).open(module);
      assert.throws(() => open.table, { name: "TypeError", message: sentence });
      assert.throws(() => open.table, { name: "TypeError", message: sentence }, "and the next time");
    });
  }

  it("finds what code has changed that was noted whole", () => {
    const module = new Everything();
    const recorder = new Recorder(new Log());
    const open = recorder.open(module);
    assert.ok(open.words.exec("a"));
    assert.equal(recorder.changedWhole, "words");
    const other = new Recorder(new Log());
    assert.equal(other.open(module).when.getTime(), 1985);
    assert.equal(other.changedWhole, undefined);
  });

  it("refuses a forbidden change with its place, and does not make it", () => {
    const module = new Everything();
    const before = bytesOf(module);
    const open = new Recorder(new Log(), (place) => {
      throw new Error(place);
    }).open(module);
    assert.throws(() => open.count++, /^Error: count$/);
    assert.throws(() => (open.accounts["alice"] = 0), /^Error: accounts.alice$/);
    assert.throws(() => open.table.set("a", 1), /^Error: table$/);
    assert.throws(() => open.tags.clear(), /^Error: tags$/);
    assert.throws(() => open.list.push(1), /^Error: list.3$/);
    assert.equal(bytesOf(module), before);
  });
});

class Private {
  #sum = 0;
  add(amount: number): number {
    return (this.#sum += amount);
  }
  getState(): unknown {
    return this.#sum;
  }
  setState(state: number): void {
    this.#sum = state;
  }
}

describe("the snapshot of a state from getState", () => {
  it("is restored by undo and by redo", () => {
    const module = new Private();
    module.add(5);
    const snapshot = new Snapshot(module);
    assert.equal(snapshot.changed, false);
    module.add(7);
    assert.equal(snapshot.changed, true);
    snapshot.swap();
    assert.equal(module.add(0), 5);
    snapshot.swap();
    assert.equal(module.add(0), 12);
  });
});
