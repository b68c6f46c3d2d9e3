import assert from "node:assert/strict";
import fc from "fast-check";
import { experiment } from "../../../harness/experiment.ts";
import { choice, duration, file, flag } from "../../../harness/parameters.ts";
import { summarize } from "../../../harness/results/summary.ts";
import { rowsFromCsv, rowsToCsv, seriesToCsv } from "../../../harness/results/rows.ts";
import { cellKey } from "../../../harness/plan/grid.ts";
import type { Row } from "../../../harness/plan/row.ts";

const subject = experiment({
  name: "subject",
  question: "What is written?",
  parameters: {
    wait: duration("1s", ""),
    kind: choice(["a", "b"], ""),
    table: file("", ""),
    isOn: flag(false, ""),
  },
  measures: {
    mean: { help: "" },
    ratio: { help: "", estimator: "ratio" },
    rare: { help: "", estimator: "rare" },
  },
  series: { course: { help: "", estimator: "ratio", along: { name: "time", unit: "s", at: [-1, 0.5] } } },
  run: () => ({ mean: 0, ratio: [0, 1], rare: [0, 1] }),
});
const cell = { wait: 1000, kind: "a", table: "", isOn: false };
const row: Row = { replication: 0, observations: { mean: 1, ratio: [1, 2], rare: [0, 3] }, series: { course: [[1, 2], null] }, remarks: [] };

describe("rows.csv", () => {
  const real = fc.double({ noNaN: true, noDefaultInfinity: true });
  const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });

  it("is read back as the very same rows", () => {
    const rows = fc.array(
      fc.record({
        observations: fc.record({
          mean: fc.option(real),
          ratio: fc.option(fc.tuple(real, real)),
          rare: fc.option(fc.oneof(fc.tuple(positive, positive), fc.tuple(positive, positive, positive))),
        }),
        series: fc.record({ course: fc.tuple(fc.option(fc.tuple(real, real)), fc.option(fc.tuple(real, real))) }),
        remarks: fc.array(fc.record({ kind: fc.constantFrom("note", "warning", "unconverged"), text: fc.string() })),
      }),
      { minLength: 1 },
    );
    const cells = fc.record({
      wait: fc.double({ min: 0, max: 1e9, noNaN: true }),
      kind: fc.constantFrom("a", "b"),
      table: fc.string(),
      isOn: fc.boolean(),
    });
    fc.assert(
      fc.property(cells, rows, (parameters, bodies) => {
        // JSON has no negative zero, nor has a journal.
        const [plain, written] = JSON.parse(JSON.stringify([parameters, bodies])) as [typeof parameters, typeof bodies];
        const ofCell = written.map((body, replication) => ({ replication, ...body }) as unknown as Row);
        const read = rowsFromCsv(subject, rowsToCsv(subject, [plain], [ofCell]), "rows.csv");
        assert.deepEqual([...read.get(cellKey(plain))!.values()], ofCell);
      }),
    );
  });

  it("has one line for each replication, ratios in parts, and no more than its columns", () => {
    const text = rowsToCsv(subject, [cell], [[row, { ...row, replication: 1, remarks: [{ kind: "note", text: "odd, but so" }] }]]);
    assert.equal(
      text,
      "wait,kind,table,isOn,replication,mean,ratio.numerator,ratio.denominator,rare.numerator,rare.denominator,rare.event,course,remarks\n" +
        '1000,a,,false,0,1,1,2,0,3,,"[[1,2],null]",\n' +
        '1000,a,,false,1,1,1,2,0,3,,"[[1,2],null]","[[""note"",""odd, but so""]]"\n',
    );
  });

  it("is refused when it is something else", () => {
    const good = rowsToCsv(subject, [cell], [[row]]);
    const refused: [string, RegExp][] = [
      ["a,b\n1,2\n", /rows\.csv has the columns a, b instead of wait, kind, .*: it is of another experiment or version\.$/],
      ["", /rows\.csv is empty, or there is no such file: the command that stands in manifest\.json makes them again/],
      ['"a\n', /rows\.csv cannot be read as CSV: Quote Not Closed/],
      [good.replace("1000,a", "1000,c"), /rows\.csv, record 2: kind must be one of a, b, not "c"\.$/],
      [good.replace(",0,1,1,", ",0,one,1,"), /rows\.csv, record 2: a measure that is not a number\.$/],
    ];
    for (const [text, sentence] of refused) assert.throws(() => rowsFromCsv(subject, text, "rows.csv"), sentence);
  });
});

describe("series.csv", () => {
  it("has the estimate at each place of a series, over those replications that saw something there", () => {
    const rows = [row, { ...row, replication: 1, series: { course: [[3, 2] as const, [1, 4] as const] } }];
    const summary = summarize(subject, cell, rows, null);
    assert.deepEqual(summary.series["course"]![1], { mean: 0.25, low: null, high: null });
    const [head, first, second] = seriesToCsv(subject, [summary]).split("\n");
    assert.equal(head, "wait,kind,table,isOn,series,unit,along,at,replications,mean,low,high");
    assert.match(first!, /^1000,a,,false,course,,time,-1,2,1,0,\d/);
    assert.equal(second, "1000,a,,false,course,,time,0.5,2,0.25,,");
  });
});
