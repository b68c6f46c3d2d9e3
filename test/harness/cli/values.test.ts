/** Values as words, and as they are printed. */
import assert from "node:assert/strict";
import { show, valueOf } from "../../../harness/cli/values.ts";

describe("values on the command line", () => {
  it("are JSON, bigints, dates, NaN and the infinities, or words", () => {
    const words: [string, unknown][] = [
      ["100", 100],
      ["-0", -0],
      ["1.10", 1.1],
      ["0.1", 0.1],
      ["1e3", 1000],
      ["9007199254740991", 2 ** 53 - 1],
      ["123n", 123n],
      ["-12345678901234567890n", -12345678901234567890n],
      ["date:2026-11-29T10:00Z", new Date(Date.UTC(2026, 10, 29, 10))],
      ["NaN", NaN],
      ["-Infinity", -Infinity],
      ['{"a": [1, "12345678901234567890"]}', { a: [1, "12345678901234567890"] }],
      ["alice", "alice"],
      ['"12"', "12"],
      ["2026-11-29", "2026-11-29"],
    ];
    for (const [word, value] of words) assert.deepStrictEqual(valueOf(word), value, word);
  });

  it("are refused if a float64 does not hold the number", () => {
    for (const word of ["12345678901234567890", "0.12345678901234567890", "1e400", '{"a": [9007199254740993]}'])
      assert.throws(
        () => valueOf(word),
        /^BadData: the number .* would arrive as .*: a float64 does not hold it exactly/,
      );
    assert.throws(() => valueOf("12345678901234567890"), /12345678901234567890n for a bigint\.$/);
    assert.throws(() => valueOf("date:tomorrow"), /^BadData: date:tomorrow is no date/);
  });

  it("are refused if they begin as JSON and are none", () => {
    for (const word of ['{"a": 1', "[1, 2", '"alice', "{a: 1}"])
      assert.throws(
        () => valueOf(word),
        (error: Error) =>
          error.message.startsWith(`${word} is no JSON: `) && error.message.endsWith(`${JSON.stringify(word)}'.`),
        word,
      );
  });

  it("are printed as JSON, and what JSON lacks as it is written in a program", () => {
    const error = Object.assign(new RangeError("by 5"), { by: 5 });
    const shown: [unknown, string][] = [
      [NaN, "NaN"],
      [[Infinity, -0, 1n], "[Infinity,-0,1n]"],
      [undefined, "null"],
      [{ a: undefined, b: "x\n" }, '{"b":"x\\n"}'],
      [new Map([["a", new Set([1])]]), '[["a",[1]]]'],
      [Buffer.from("ab"), "[97,98]"],
      [Float64Array.of(0.5), "[0.5]"],
      [new Date(0), '"1970-01-01T00:00:00.000Z"'],
      [error, '{"name":"RangeError","message":"by 5","by":5}'],
      [/a+/g, '"/a+/g"'],
    ];
    const itself: unknown[] = [1];
    itself.push({ twice: [itself] });
    shown.push([itself, '[1,{"twice":["(itself)"]}]']);
    for (const [value, text] of shown) assert.equal(show(value), text);
  });
});
