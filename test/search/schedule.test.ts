/** Schedules that are read from files: what is none is refused in a sentence. */
import assert from "node:assert/strict";
import { draw } from "../../search/draw.ts";
import { readSchedule, type Schedule } from "../../search/schedule.ts";

const schedule = draw("1", { always: ["nested"] });

function refused(change: (copy: Record<string, unknown>) => void, sentence: RegExp): void {
  const copy = structuredClone(schedule) as unknown as Record<string, unknown>;
  change(copy);
  assert.throws(() => readSchedule(JSON.stringify(copy), "x.json"), { name: "BadData", message: sentence });
}

describe("a schedule in a file", () => {
  it("is what was written", () => {
    assert.deepEqual(readSchedule(JSON.stringify(schedule), "x.json"), schedule);
  });

  it("is refused if it is none, or names what it does not have", () => {
    assert.throws(() => readSchedule("{", "x.json"), {
      name: "BadData",
      message: /^x\.json: expected a schedule in JSON/,
    });
    for (const text of ["{}", "[]"]) {
      assert.throws(() => readSchedule(text, "x.json"), {
        message: "x.json: seed is missing. A schedule has seed, ringmasters, network, troupes, clients, faults.",
      });
    }
    assert.throws(() => readSchedule("3", "x.json"), {
      message: "x.json: a schedule is an object of seed, ringmasters, network, troupes, clients, faults.",
    });
    refused((copy) => {
      copy["network"] = { dealy: 1, loss: 0, duplication: 0, lag: 1 };
    }, /^x\.json: network\.delay is missing\. Did you mean "dealy" to be "delay"\?$/);
    refused((copy) => (copy["ringmasters"] = -1), /^x\.json: ringmasters: expected >=0, not -1\.$/);
    refused((copy) => {
      copy["faults"] = [{ kind: "crash", at: 1, machine: "ledgr 1", back: null }];
    }, /faults\.0 names "ledgr 1", which the schedule does not have\. Did you mean "ledger 1"\?$/);
    refused((copy) => {
      copy["faults"] = [{ kind: "join", at: 1, troupe: "ledger", machine: "new" }];
    }, /no Ringmaster binds it/);
    refused((copy) => {
      const [first] = copy["clients"] as Schedule["clients"];
      copy["clients"] = [first, first];
    }, /two machines have the name "client 1/);
    refused((copy) => (copy["troupes"] = []), /clients\.0 names "/);
  });
});
