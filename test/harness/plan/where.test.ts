import assert from "node:assert/strict";
import { BadData } from "../../../sim/bad-data.ts";
import { experiment } from "../../../harness/experiment.ts";
import { choice, count, duration, flag, ratio } from "../../../harness/parameters.ts";
import { readRanges, showRanges } from "../../../harness/plan/ranges.ts";
import { readCondition } from "../../../harness/plan/where.ts";

const subject = experiment({
  name: "subject",
  question: "Which cells are meant?",
  parameters: {
    members: count(3, ""),
    lifetime: duration("1h", ""),
    replacement: duration("10m", ""),
    collator: choice(["unanimous", "first-come"], ""),
    loss: ratio(0, ""),
    eager: flag(false, ""),
  },
  measures: { one: { help: "" } },
  run: () => ({ one: 1 }),
});
const cell = { members: 3, lifetime: 3_600_000, replacement: 600_000, collator: "first-come", loss: 0.05, eager: true };

describe("a filter of cells", () => {
  const holds: [text: string, result: boolean][] = [
    ["members > 1 and replacement < lifetime", true],
    ["members>1 and replacement>=lifetime", false],
    ["members = 3", true],
    ["members == 3 and members != 4", true],
    ["replacement < 10m1s and replacement >= 600s", true],
    ["replacement <= 6e5", true],
    ["loss < 5e-2 or loss > 5e-2", false],
    ["collator = first-come", true],
    ["collator = 'unanimous'", false],
    ["collator in (unanimous, first-come)", true],
    ["members in (1, 2)", false],
    ["not members in (1, 2)", true],
    ["eager", true],
    ["not eager or eager = false", false],
    ["members * replacement < lifetime / 2 + 1s", true],
    ["members-1 = 2 and members - 1 = 2", true],
    ["(members - 1) * 2 = 4", true],
    ["(members = 1 or members = 3) and (loss > 0)", true],
    ["members = 1 or members = 3 and loss > 1", false],
    ["10 - 4 - 3 = members and 12 / 2 / 2 = members", true],
  ];
  for (const [text, result] of holds) {
    it(`'${text}' is ${result}`, () => assert.equal(readCondition(text, subject)(cell), result));
  }

  const refused: [text: string, problem: string][] = [
    ["membres > 1", "there is no parameter membres. Did you mean members?"],
    ["members > ", "something is missing at the end."],
    ["members", "members is compared with nothing."],
    ["members = 1 members = 2", 'expected "and", "or" or the end instead of "members".'],
    ["members = first-come", "members is a number, and first-come is a text."],
    ["collator < first-come", "collator is a text, which has no order."],
    ["collator = frist-come", 'collator is never "frist-come". Did you mean first-come?'],
    ["collator = 'x' or members = 1", 'collator is never "x". There are unanimous, first-come.'],
    ["collator + 1 = 2", "collator is a text, not a number."],
    ["(members - 1", 'expected ")" instead of "the end".'],
    ["members = 1 & loss = 0", '"& loss = 0" is not understood.'],
    ["members in 3", 'expected "(" instead of "3".'],
  ];
  for (const [text, problem] of refused) {
    it(`'${text}' is refused`, () => {
      assert.throws(
        () => readCondition(text, subject),
        (error) => error instanceof BadData && error.message === `--where '${text}': ${problem}`,
      );
    });
  }
});

describe("numbers of replications in few words", () => {
  it("are read back", () => {
    for (const [numbers, text] of [
      [[], ""],
      [[4], "4"],
      [[0, 1, 2, 3, 7], "0..3,7"],
      [[9, 1, 2], "1..2,9"],
    ] as const) {
      assert.equal(showRanges(numbers), text);
      assert.deepEqual(
        readRanges(text),
        numbers.toSorted((a, b) => a - b),
      );
    }
  });
});
