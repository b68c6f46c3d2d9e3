/** The audit accepts runs by both orderings, and finds what happens without one. */
import assert from "node:assert/strict";
import { RemoteError } from "../../../protocols/errors.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { increment, read } from "../../../sim/checkers/history/history.ts";
import { Stage } from "../../../sim/stage.ts";
import { TransactionAudit } from "../../../sim/troupes/transaction-audit.ts";
import { World } from "../../../sim/world.ts";

class Counters {
  values: Record<string, number> = { a: 0, b: 0 };

  add(names: string[]): number[] {
    if (names.length === 0) throw new RangeError("nothing to add to");
    return names.map((name) => ++this.values[name]!);
  }
}

/** Three clients; without an ordering they take the answers of one member each. */
async function audited(ordering: "none" | "commit" | "broadcast", seed: string): Promise<TransactionAudit> {
  const world = new World({ seed, network: { delay: exponential(5), loss: 0.02 } });
  const stage = new Stage(world);
  const troupe = stage.troupe("counters", () => new Counters(), 3, { ordering });
  const audit = new TransactionAudit(stage, seed);
  for (let i = 0; i < 3; i++) {
    const client = stage.client(`client ${i + 1}`);
    const stub = client.import(Counters, "counters", {
      collator: { name: "own", decide: (entries) => (entries.includes(undefined) ? -1 : i) },
    });
    void client.thread(async () => {
      for (const names of [["a"], ["a", "b"], ["b", "a"], [], ["b"]]) {
        await audit.history
          .record(
            `client ${i + 1}`,
            `addition to ${names.join(" and ") || "nothing"}`,
            names.map((name) => increment(name)),
            () => stub.add(names),
            (values) => values.map((value, place) => increment(names[place]!, value)),
          )
          .catch((error: unknown) => assert.ok(error instanceof RemoteError));
      }
    });
  }
  await world.run();
  const { values } = troupe.member(1).module;
  audit.history.begin("observer", "last look", []).committed(["a", "b"].map((name) => read(name, values[name])));
  return audit;
}

describe("the audit of transactions", () => {
  for (const ordering of ["commit", "broadcast"] as const) {
    it(`accepts runs by ${ordering}`, async () => {
      for (const seed of ["1", "2", "3"]) {
        const audit = await audited(ordering, seed);
        assert.deepEqual(audit.violations(), []);
        const outcomes = audit.history.transactions.map(({ outcome }) => outcome);
        assert.equal(outcomes.filter((outcome) => outcome === "failed").length, 3);
        assert.equal(outcomes.filter((outcome) => outcome === "committed").length, 13);
      }
    });
  }

  it("finds that members without an ordering answer differently", async () => {
    const sentences = (await audited("none", "1")).violations().map(({ sentence }) => sentence);
    assert.ok(
      sentences.some((sentence) => /^At \S+ ms \(seed 1\): (lost update|G-single|G2)/.test(sentence)),
      sentences.join("\n"),
    );
    assert.ok(
      sentences.some((sentence) => /[ab] is not linearizable/.test(sentence)),
      sentences.join("\n"),
    );
  });
});
