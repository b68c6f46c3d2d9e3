import assert from "node:assert/strict";
import { BadData } from "../../../sim/bad-data.ts";
import { choice, count, duration, flag, number, ratio } from "../../../harness/parameters.ts";
import { cellsOf, readValues, settingGrid } from "../../../harness/plan/grid.ts";
import roundTrips from "../fixtures/round-trips.ts";

const members = count(3, "", { min: 1, max: 99 });
const loss = ratio(0, "");
const lifetime = duration("1h", "", { min: "1s" });

describe("values on the command line", () => {
  it("are one, a list, a range, a range with step or factor, or a list of these", () => {
    const read: [Parameters<typeof readValues>[1], string, unknown[]][] = [
      [members, "3", [3]],
      [members, "1..5", [1, 2, 3, 4, 5]],
      [members, "1..9:2", [1, 3, 5, 7, 9]],
      [members, "1..8:3", [1, 4, 7]],
      [members, "1..64:x2", [1, 2, 4, 8, 16, 32, 64]],
      [members, "1,3..5,9", [1, 3, 4, 5, 9]],
      [loss, "0,0.01,0.1", [0, 0.01, 0.1]],
      [loss, "0..0.3:0.1", [0, 0.1, 0.2, 0.3]],
      [loss, "0.001..1:x10", [0.001, 0.01, 0.1, 1]],
      [number(0, ""), "-2..2:2", [-2, 0, 2]],
      [lifetime, "1s,1m", [1000, 60_000]],
      [lifetime, "1m..3m:500ms", Array.from({ length: 241 }, (_, i) => 60_000 + 500 * i)],
      [choice(["a", "b"], ""), "b,a", ["b", "a"]],
      [flag(false, ""), "false,true", [false, true]],
    ];
    for (const [parameter, text, values] of read) assert.deepEqual(readValues("name", parameter, text), values, text);
  });

  const refused: [string, Parameters<typeof readValues>[1], string, string][] = [
    ["an empty item", members, "1,,3", '--name takes a whole number from 1 to 99, not "".'],
    ["an end out of bounds", members, "1..100", 'not "100".'],
    ["a backward range", members, "5..1", "--name 5..1 runs backwards: the smaller end comes first."],
    ["a range without step", loss, "0..1", "--name 0..1 needs a step, as in 0..1:0.1."],
    ["a step of nothing", members, "1..5:0", "--name 1..5:0: a step above 0 is needed."],
    ["a step that is no number", loss, "0..1:often", "a step above 0 is needed."],
    ["a factor of one", members, "1..5:x1", "a factor above 1, and a range above 0 is needed."],
    ["a factor from zero", loss, "0..1:x2", "a factor above 1, and a range above 0 is needed."],
    ["a fraction within a range of counts", members, "1..3:0.5", 'not "1.5".'],
    ["a range without end", count(0, ""), "0..1e9", "--name 0..1e9 has more than 100000 values."],
    ["a wrong word", choice(["unanimous", "majority"], ""), "majorty", 'not "majorty". Did you mean majority?'],
  ];
  for (const [what, parameter, text, sentence] of refused) {
    it(`are refused: ${what}`, () => {
      assert.throws(
        () => readValues("name", parameter, text),
        (error) => error instanceof BadData && error.message.endsWith(sentence),
      );
    });
  }
});

describe("cells", () => {
  it("are all combinations, the last parameter fastest, each once", () => {
    const grids = [{ members: "1,2", collator: ["majority", "unanimous"] }, { members: 2, loss: 0.5 }, { members: 1 }];
    const cells = cellsOf(
      roundTrips,
      grids.map((setting) => settingGrid(roundTrips.parameters, setting)),
    );
    assert.deepEqual(
      cells.map(({ members, collator, loss }) => [members, collator, loss]),
      [
        [1, "majority", 0],
        [1, "unanimous", 0],
        [2, "majority", 0],
        [2, "unanimous", 0],
        [2, "unanimous", 0.5],
      ],
    );
    assert.deepEqual(Object.keys(cells[0]!), Object.keys(roundTrips.parameters));
  });

  it("must be accepted by the experiment, and their files readable", () => {
    assert.throws(() => cellsOf(roundTrips, [{ members: [13] }]), /^BadData: thirteen members bring bad luck\.$/);
    assert.throws(() => cellsOf(roundTrips, [{ table: ["no/such"] }]), /--table no\/such: there is no such file\.$/);
    assert.equal(cellsOf(roundTrips, [{ table: ["package.json"] }]).length, 1);
    assert.throws(() => settingGrid(roundTrips.parameters, { members: [0] }), /--members takes a whole number from 1/);
  });

  it("do not fill the memory", () => {
    const many = Array.from({ length: 1000 }, (_, i) => i / 2000);
    assert.throws(() => cellsOf(roundTrips, [{ loss: many, roundTrip: many }]), /more than 100000 cells/);
  });
});
