import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDuration, showDuration } from "../../languages/durations.ts";
import { didYouMean, editDistance, nearest } from "../../languages/nearest.ts";
import { choice, count, duration, file, flag, number, ratio, type Parameter } from "../../harness/parameters.ts";

describe("durations", () => {
  it("are read as people write them, in milliseconds", () => {
    const read: [string, number | undefined][] = [
      ["400s", 400_000],
      ["1h", 3_600_000],
      ["6m40s", 400_000],
      ["250ms", 250],
      ["1.5h", 5_400_000],
      ["1d2h", 93_600_000],
      ["250us", 0.25],
      ["10", 10],
      ["0", 0],
      ["", undefined],
      ["h", undefined],
      ["1 h", undefined],
      ["-1s", undefined],
      ["1x", undefined],
      ["1h3", undefined],
    ];
    for (const [text, milliseconds] of read) assert.equal(parseDuration(text), milliseconds, text);
  });

  it("are written as short as can be", () => {
    const written: [number, string][] = [
      [0, "0s"],
      [400_000, "400s"],
      [3_600_000, "1h"],
      [3_600_000_000, "1000h"],
      [5_400_000, "1.5h"],
      [3_661_000, "1h1m1s"],
      [90_061_001, "1d1h1m1s1ms"],
      [1500, "1.5s"],
      [0.25, "250us"],
      [45_000, "45s"],
    ];
    for (const [milliseconds, text] of written) assert.equal(showDuration(milliseconds), text);
  });

  it("are read back as the very same number", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (milliseconds) => {
        assert.equal(parseDuration(showDuration(milliseconds)), milliseconds);
      }),
    );
  });
});

describe("parameters", () => {
  const kinds: [Parameter, accepted: string[], refused: string[], expects: string][] = [
    [count(3, "", { min: 1, max: 9 }), ["1", "9", "1e0"], ["0", "10", "2.5", "x", ""], "a whole number from 1 to 9"],
    [count(3, ""), ["0", "1000000"], ["-1"], "a whole number of at least 0"],
    [
      number(0, "", { max: 5 }),
      ["-7.5", ".5", "1e-3", "+2"],
      ["5.1", "0x10", "Infinity", "NaN", "1_0"],
      "a number of at most 5",
    ],
    [number(9, "", { min: 0.1, unit: "Mb/s" }), ["10"], ["0"], "a number of at least 0.1 (Mb/s)"],
    [ratio(0.5, ""), ["0", "1", "0.001"], ["1.01", "-0.1", "50%"], "a number from 0 to 1"],
    [
      duration("1h", "", { min: "1s", max: "1d" }),
      ["1s", "24h"],
      ["0s", "2d", "soon"],
      "a duration from 1s to 1d, such as",
    ],
    [choice(["one", "two"], ""), ["one", "two"], ["three", "One", ""], "one of one, two"],
    [flag(false, ""), ["true", "false"], ["yes", "1"], "true or false"],
    [file("", ""), ["a/b.csv"], [], "the path of a readable file"],
  ];

  it("read what is within their kind and bounds, and nothing else", () => {
    for (const [parameter, accepted, refused, expects] of kinds) {
      for (const text of accepted) {
        const value = parameter.parse(text);
        assert(value !== undefined, `${parameter.kind} ${text}`);
        assert(parameter.accepts(value));
        assert.equal(parameter.parse(parameter.show(value)), value);
      }
      for (const text of refused) assert.equal(parameter.parse(text), undefined, `${parameter.kind} ${text}`);
      assert(parameter.expects.startsWith(expects), parameter.expects);
    }
  });

  it("do not take the values of another kind from a program", () => {
    for (const [parameter] of kinds) {
      for (const value of [null, undefined, {}, [], NaN]) assert(!parameter.accepts(value));
      if (typeof parameter.default === "number") assert(!parameter.accepts("3"));
    }
  });

  it("have the first option of a choice as the default, or the one that is named", () => {
    assert.equal(choice(["one", "two"], "").default, "one");
    assert.equal(choice(["one", "two"], "", "two").default, "two");
  });
});

describe("the nearest name", () => {
  it("counts edits, a swap of neighbours as one", () => {
    assert.equal(editDistance("members", "membres"), 1);
    assert.equal(editDistance("kitten", "sitting"), 3);
    assert.equal(editDistance("", "abc"), 3);
    assert.equal(editDistance("abc", ""), 3);
  });

  it("agrees with the recursive definition of the distance", () => {
    const dumb = (a: string, b: string): number => {
      if (a === "" || b === "") return a.length + b.length;
      const same = a.at(-1) === b.at(-1) ? 0 : 1;
      const choices = [
        dumb(a.slice(0, -1), b) + 1,
        dumb(a, b.slice(0, -1)) + 1,
        dumb(a.slice(0, -1), b.slice(0, -1)) + same,
      ];
      if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
        choices.push(dumb(a.slice(0, -2), b.slice(0, -2)) + 1);
      }
      return Math.min(...choices);
    };
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
    fc.assert(fc.property(word, word, (a, b) => assert.equal(editDistance(a, b), dumb(a, b))));
  });

  it("is found in any case and by its beginning; distant names are not found", () => {
    const names = ["members", "roundTrip", "collator"];
    assert.equal(nearest("roundtrip", names), "roundTrip");
    assert.equal(nearest("coll", names), "collator");
    assert.equal(nearest("xyz", names), undefined);
    assert.equal(didYouMean("member", names), " Did you mean members?");
    assert.equal(didYouMean("xyz", names), "");
  });
});
