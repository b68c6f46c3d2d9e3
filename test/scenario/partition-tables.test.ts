/** The tables of ARCHITECTURE.md, "Under a partition", as a test: every cell of every row is what simulated clients and members see. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serviceFor, type Divided } from "../../sim/checkers/partition-statement.ts";
import { constant } from "../../sim/distribution.ts";
import {
  carried,
  partitionCourse,
  silence,
  type Course,
  type CourseOptions,
  type SideName,
} from "../../sim/partition-course.ts";
import { World } from "../../sim/world.ts";

const text = readFileSync(fileURLToPath(new URL("../../../ARCHITECTURE.md", import.meta.url)), "utf8");
const section = text.slice(text.indexOf("## Under a partition"), text.indexOf("## Determinism"));
const tables = section
  .split("\n\n")
  .map((block) => block.split("\n").filter((row) => row.startsWith("|")))
  .filter((rows) => rows.length > 0)
  .map((rows) =>
    rows.map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  );

const lease = 5000;
const suspicion = 7500;
const round = lease / 5;

const standard: CourseOptions = {
  collator: "unanimous",
  agreeing: 2,
  binding: "ringmaster",
  quorum: "one",
  members: 3,
  minority: 1,
  ringmasters: 3,
  ringmastersCutOff: 0,
  cut: 20_000,
  oneWay: false,
  rate: 2,
  timeout: 0,
  lease,
  suspicion,
};

type Varied = Partial<CourseOptions>;
const columns: readonly (readonly Divided["collator"][])[] = [["unanimous"], ["first-come", "watchdog"], ["majority"]];

async function play(options: CourseOptions): Promise<Course> {
  const seed = JSON.stringify(options);
  const course = await partitionCourse(new World({ seed, network: { delay: constant(0.5) } }), seed, options);
  assert.equal(course.judgement.violations[0]?.sentence, undefined);
  assert.equal(course.equal, course.judgement.divergent === 0, "states against executions");
  return course;
}

/** The side of each row, in courses that show it; `[]` for the static table, which has no Ringmaster. */
const sides: Readonly<Record<string, readonly (Varied & { readonly side: SideName })[]>> = {
  "no member": [
    { side: "minority", minority: 0, cut: 100_000, rate: 0.5 },
    { side: "minority", minority: 0, cut: 100_000, rate: 0.5, ringmastersCutOff: 3 },
  ],
  "half or fewer": [
    { side: "minority" },
    { side: "minority", oneWay: true },
    { side: "majority", members: 4, minority: 2 },
  ],
  "more than half": [{ side: "majority" }, { side: "majority", oneWay: true }, { side: "majority", members: 5 }],
  "the Ringmaster and half or fewer": [
    { side: "minority", ringmastersCutOff: 3 },
    { side: "minority", ringmastersCutOff: 2 },
    { side: "majority", members: 4, minority: 2 },
  ],
  "the Ringmaster and more than half": [
    { side: "majority" },
    { side: "majority", ringmastersCutOff: 1 },
    { side: "majority", oneWay: true },
  ],
  "half or fewer, not the Ringmaster": [
    { side: "minority" },
    { side: "minority", oneWay: true },
    { side: "minority", ringmasters: 4, ringmastersCutOff: 2 },
  ],
  "more than half, not the Ringmaster": [
    { side: "majority", ringmastersCutOff: 3 },
    { side: "majority", ringmasters: 4, ringmastersCutOff: 2 },
  ],
  "all members, not the Ringmaster": [{ side: "majority", minority: 0, ringmastersCutOff: 3 }],
};

const bindings: Readonly<Record<string, readonly Varied[]>> = {
  static: [{ binding: "static" }],
  "Ringmaster, quorum one": [{ quorum: "one" }],
  "Ringmaster, quorum majority": [{ quorum: "majority" }],
  "Ringmaster, either quorum": [{ quorum: "one" }, { quorum: "majority" }],
};

const refusals = ["troupe-unavailable", "no-majority", "troupe-lost"];

/** Holds what the clients of a side saw to the words of a cell. */
function holdTo(words: string, { opened, healed, calls }: Course, side: SideName): void {
  const made = calls[side].filter((call) => call.made >= opened && call.made < healed - 1);
  const inTime = made.filter(({ outcome, done }) => outcome === "answered" && done < healed);
  const failed = made.filter(({ outcome }) => outcome !== "answered");
  assert.ok(made.length > 10, `${made.length} calls`);
  if (words !== "refused") assert.deepEqual(failed, []);
  switch (words) {
    case "refused":
      assert.deepEqual(inTime, []);
      assert.ok(failed.length > 0);
      for (const { kind, outcome } of failed) {
        assert.equal(outcome, "failed indefinitely");
        assert.ok(refusals.includes(kind), kind);
      }
      return;
    case "answered":
      for (const { made: at, done } of made) assert.ok(done - at < 100, `${done - at} ms`);
      return;
    case "answered after D":
      for (const { made: at, done } of inTime) assert.ok(Math.abs(done - at - silence) < 1, `${done - at} ms`);
      assert.ok(inTime.length > 0);
      return;
    case "after a change": {
      const first = Math.min(...inTime.map(({ done }) => done));
      assert.ok(first > opened + suspicion - round && first < opened + suspicion + 2 * round, `${first - opened} ms`);
      for (const { done } of made.filter((call) => call.made < healed - silence - round)) assert.ok(done < healed);
      return;
    }
    case "until leases end":
      assert.ok(inTime.length > 0);
      for (const { done } of inTime) assert.ok(done < opened + lease + 1, `${done - opened} ms`);
      return;
    case "kept waiting":
      assert.deepEqual(inTime, []);
      return;
    default:
      assert.fail(`the table says "${words}"`);
  }
}

/** Who goes on, by the row's words, in courses that show it; a side is either quorum's if both give it. */
const survivors: Readonly<Record<string, readonly Varied[]>> = {
  "static neither": [
    { binding: "static" },
    { binding: "static", oneWay: true },
    { binding: "static", members: 4, minority: 2 },
  ],
  "Ringmaster the side with more than half": [{ quorum: "one" }, { quorum: "majority" }, { oneWay: true }],
  "Ringmaster the side with half or fewer": [{ ringmastersCutOff: 3 }],
  "Ringmaster neither": [
    { quorum: "majority", ringmastersCutOff: 3 },
    { ringmasters: 4, ringmastersCutOff: 2 },
  ],
};

const lengths: Readonly<Record<string, readonly number[]>> = {
  any: [15_000, 60_000],
  "shorter than T": [15_000, carried - silence - 1000],
  longer: [60_000],
};

async function stateAfter(options: CourseOptions): Promise<string> {
  const { judgement } = await play(options);
  if (judgement.divergent > 0) return "different";
  return judgement.lost > 0 ? "answers lost" : "equal";
}

describe("the tables of what holds under a partition", function () {
  this.timeout(60_000);

  it("are two", () => assert.equal(tables.length, 2));

  for (const [binding = "", having = "", ...cells] of tables[0]!.slice(2)) {
    it(`${binding}, ${having}: ${cells.join("; ")}`, async () => {
      assert.ok(bindings[binding] !== undefined && sides[having] !== undefined, "no course shows this row");
      assert.equal(cells.length, columns.length);
      for (const [place, words] of cells.entries()) {
        for (const collator of columns[place]!) {
          for (const bound of bindings[binding]) {
            for (const { side, ...varied } of sides[having]) {
              const options = { ...standard, ...varied, ...bound, collator };
              holdTo(words, await play(options), side);
            }
          }
        }
      }
    });
  }

  for (const [binding = "", goesOn = "", length = "", ...cells] of tables[1]!.slice(2)) {
    it(`${binding}, ${goesOn} goes on, cut ${length}: ${cells.join("; ")}`, async () => {
      const courses = survivors[`${binding} ${goesOn}`];
      const cuts: readonly number[] | undefined = lengths[length];
      assert.ok(courses !== undefined && cuts !== undefined, "no course shows this row");
      assert.equal(cells.length, columns.length);
      for (const [place, words] of cells.entries()) {
        for (const collator of columns[place]!) {
          for (const varied of courses) {
            for (const cut of cuts) {
              const found = await stateAfter({ ...standard, rate: 4, ...varied, collator, cut });
              assert.ok(found === words, `${found}: ${JSON.stringify({ varied, collator, cut })}`);
            }
          }
        }
      }
    });
  }

  it("a quorum of k is like a majority with k; it is refused on a side that has gone on with fewer", async () => {
    const quorum = { ...standard, collator: "quorum" } as const;
    holdTo("refused", await play({ ...quorum, binding: "static" }), "minority");
    holdTo("answered", await play({ ...quorum, binding: "static" }), "majority");
    const half = await play({ ...quorum, binding: "static", members: 4, minority: 2 });
    for (const side of ["minority", "majority"] as const) holdTo("answered", half, side);
    holdTo("refused", await play({ ...quorum, ringmastersCutOff: 3 }), "minority");
  });

  it("a static table shows its differences afterwards, by collator", async () => {
    const seen: Record<string, string[]> = {};
    for (const collator of columns.flat()) {
      const { reads } = await play({ ...standard, binding: "static", collator });
      seen[collator] = [...new Set(reads.map(({ outcome, kind }) => kind || outcome))];
    }
    assert.deepEqual(seen, {
      unanimous: ["disagreement"],
      "first-come": ["answered"],
      watchdog: ["answered", "thread-aborted"],
      majority: ["answered"],
    });
  });

  it("a client's time limit makes errors of what would wait, and differences of long cuts", async () => {
    const options = { ...standard, ringmasters: 4, ringmastersCutOff: 2, timeout: 2000 };
    const short = await play(options);
    const during = short.calls.minority.filter(({ made }) => made >= short.opened && made < short.healed - 2000);
    assert.deepEqual(
      new Set(during.map(({ outcome, kind }) => `${outcome}, ${kind}`)),
      new Set(["failed indefinitely, timed-out"]),
    );
    assert.equal(short.judgement.divergent, 0);
    assert.ok((await play({ ...options, cut: 60_000 })).judgement.divergent > 0);
  });

  it("are what the statement says as functions", () => {
    const told: Record<string, string> = {
      refused: "unanswered",
      "kept waiting": "unanswered",
      "until leases end": "until leases end",
    };
    for (const [binding = "", having = "", ...cells] of tables[0]!.slice(2)) {
      for (const bound of bindings[binding]!) {
        for (const { side, ...varied } of sides[having]!) {
          const p = { ...standard, ...varied, ...bound };
          const members = side === "minority" ? p.minority : p.members - p.minority;
          const ringmasters = side === "minority" ? p.ringmastersCutOff : p.ringmasters - p.ringmastersCutOff;
          for (const [place, words] of cells.entries()) {
            for (const collator of columns[place]!) {
              const service = serviceFor({ ...p, collator }, { members, ringmaster: ringmasters > p.ringmasters / 2 });
              assert.equal(service, told[words] ?? "answered", `${binding}, ${having}, ${collator}`);
            }
          }
        }
      }
    }
  });
});
