/** The tables of docs/under-a-partition.md, and for each row the courses that show what it says. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Divided } from "../../sim/checkers/partition-statement.ts";
import { carried, roundsPerLease, silence, type Course, type SideName } from "../../sim/troupes/partition-course.ts";
import { play, standard, type Varied } from "../protocols/binding/course.ts";

const text = readFileSync(fileURLToPath(new URL("../../../docs/under-a-partition.md", import.meta.url)), "utf8");
export const tables = text
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

const { lease, suspicion } = standard;
const round = lease / roundsPerLease;

export const columns: readonly (readonly Divided["collator"][])[] = [
  ["unanimous"],
  ["first-come", "watchdog"],
  ["majority"],
];

/** The side of each row, in courses that show it; `[]` for the static table, which has no Ringmaster. */
export const sides: Readonly<Record<string, readonly (Varied & { readonly side: SideName })[]>> = {
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

export const bindings: Readonly<Record<string, readonly Varied[]>> = {
  static: [{ binding: "static" }],
  "Ringmaster, quorum one": [{ quorum: "one" }],
  "Ringmaster, quorum majority": [{ quorum: "majority" }],
  "Ringmaster, either quorum": [{ quorum: "one" }, { quorum: "majority" }],
};

const refusals = ["troupe-unavailable", "no-majority", "troupe-lost"];

/** Holds what the clients of a side saw to the words of a cell. */
export function holdTo(words: string, { opened, healed, calls }: Course, side: SideName): void {
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

/** Plays a course; rejects if what comes of it is not what its cell says. */
type Check = () => Promise<void>;

export interface Row {
  readonly title: string;
  /** Every collator in every setting. */
  readonly all: readonly Check[];
  /** Each setting and each collator at least once. */
  readonly some: readonly Check[];
}

/** `check` holds what comes of the row's setting of that place, under one collator, to the words of a cell. */
function rowOf<S extends Varied>(
  title: string,
  cells: readonly string[],
  settings: readonly S[],
  check: (words: string, setting: S, collator: Divided["collator"]) => Promise<void>,
): Row {
  assert.ok(settings.length > 0, `no course shows the row ${title}`);
  assert.equal(cells.length, columns.length);
  const cases = columns.flatMap((collators, place) =>
    collators.map((collator) => ({ collator, words: cells[place]! })),
  );
  const checkOf =
    ({ collator, words }: (typeof cases)[number], setting: S): Check =>
    async () => {
      try {
        await check(words, setting, collator);
      } catch (error) {
        throw new Error(`${JSON.stringify({ ...setting, collator })}: ${String(error)}`, { cause: error });
      }
    };
  const count = Math.max(cases.length, settings.length);
  return {
    title,
    all: cases.flatMap((each) => settings.map((setting) => checkOf(each, setting))),
    some: Array.from({ length: count }, (_, i) => checkOf(cases[i % cases.length]!, settings[i % settings.length]!)),
  };
}

function serviceRow([binding = "", having = "", ...cells]: readonly string[]): Row {
  const settings = (bindings[binding] ?? []).flatMap((bound) =>
    (sides[having] ?? []).map((side) => ({ ...side, ...bound })),
  );
  return rowOf(`${binding}, ${having}: ${cells.join("; ")}`, cells, settings, async (words, setting, collator) => {
    const { side, ...varied } = setting;
    holdTo(words, await play({ ...varied, collator }), side);
  });
}

function stateRow([binding = "", goesOn = "", length = "", ...cells]: readonly string[]): Row {
  const settings = (survivors[`${binding} ${goesOn}`] ?? []).flatMap((varied) =>
    (lengths[length] ?? []).map((cut) => ({ ...varied, cut })),
  );
  const title = `${binding}, ${goesOn} goes on, cut ${length}: ${cells.join("; ")}`;
  return rowOf(title, cells, settings, async (words, setting, collator) => {
    const { judgement } = await play({ ...setting, collator });
    assert.equal(judgement.divergent > 0 ? "different" : judgement.lost > 0 ? "answers lost" : "equal", words);
  });
}

export const rows: readonly Row[] = [...tables[0]!.slice(2).map(serviceRow), ...tables[1]!.slice(2).map(stateRow)];
