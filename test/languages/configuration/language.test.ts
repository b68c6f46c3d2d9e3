/** What the configuration language says of what is wrong, and what it means by what is undefined. */
import assert from "node:assert/strict";
import { BadSource } from "../../../languages/source.ts";
import { conflict, NoProof, solve, specify } from "../../../languages/configuration/solve.ts";
import { readMachines } from "../../../languages/configuration/table-files.ts";

const machines = readMachines(
  "machines.csv",
  `name,memory,building,spare,ssd,disk size,code,mixed
m1,16,A,0,true,100,007,1
m2,32,B,2,false,200,123,2
m3,,C,1,,,456,n/a
`,
);

/** The machines of a placement, or null. */
function placed(text: string): string[] | null {
  const placement = solve(specify("bank.troupe", text, machines), machines);
  return placement === undefined ? null : placement.machines.map((machine) => machines.names[machine]!);
}

function message(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof BadSource, String(error));
    return error.message;
  }
  throw new Error("expected a mistake");
}

const mistake = (text: string): string => message(() => specify("bank.troupe", text, machines));

describe("mistakes in a configuration", () => {
  it("are shown with file, line, column and a caret", () => {
    assert.equal(
      mistake('troupe (x)\nwhere x.memory >= 16\n  and x.bilding = "A"'),
      "bank.troupe:3:9: the machines of machines.csv have no attribute bilding. Did you mean building?\n" +
        '3 | \u0020 and x.bilding = "A"\n  |         ^^^^^^^'.replace("\u0020 ", "  "),
    );
  });

  const sentences: readonly (readonly [text: string, sentence: string])[] = [
    ["", 'bank.troupe:1:1: expected "troupe (x, y, z) where …", perhaps after predicates, found the end of the file.'],
    ["trupe (x)", 'found "trupe". Did you mean troupe?'],
    ["troupe (x, x)", "1:12: x is named twice."],
    ["troupe (where)", 'expected the name of a member, found "where"; "where" is a word of the language.'],
    ['troupe (x) where x.memory = "16"', "= compares values of one type, and here a number meets a string."],
    ["troupe (x) where x.memory", "where takes a boolean, and this is a number."],
    ["troupe (x) where x", "where takes a boolean, and this is a machine."],
    ["troupe (x) where x.memory and x.ssd", "and takes a boolean, and this is a number."],
    ['troupe (x) where x.building < "B"', "< takes a number, and this is a string."],
    [
      "troupe (x) where x.mixed > 1",
      '> takes a number, and this is a string, since "n/a" in line 4 of machines.csv is not a number.',
    ],
    ["troupe (x) where y.memory > 1", "no machine is called y here. Did you mean x?"],
    ["troupe (x) where x.building = Evans", 'A string stands in quotes, "Evans".'],
    ["troupe (x) where 1 < x.memory < 3", "comparisons are not chained; write a < b and b < c."],
    ["troupe (x) where x.memory == 16", '"==" is not of this language; write =.'],
    ["troupe (x) where x.ssd && x.memory > 1", '"&&" is not of this language; write and.'],
    [
      "troupe (x) where x.ssd majority",
      "expected and, or, implies or one of collator, ordering, replace, minimize, maximize, spread, found",
    ],
    [
      "troupe (x) collator majorit",
      'expected a collator (unanimous, first-come, majority, watchdog, quorum), found "majorit". Did you mean majority?',
    ],
    [
      "troupe (x) collator quorum",
      "expected how many members must answer alike: a whole number from 1, found the end of the file.",
    ],
    ["troupe (x) ordering total", "expected an ordering (none, commit, broadcast), found"],
    ["troupe (x) replace periodic 0s", "the time from one visit to the next must be more than 0."],
    ["troupe (x) replace eager replace none", "replace is stated twice."],
    ["troupe (x) where x.memory > 10m", "a duration stands only in replace; here write a number, such as 600000."],
    ["troupe (x) where summ(m in members: m.memory) > 1", "there is no function of machines summ. Did you mean sum?"],
    ["troupe (x) where sum(x.memory) > 1", "sum is of machines: sum(x in members: …)."],
    ["troupe (x) where abs(x.memory, 1) > 1", "abs takes one value, and here are 2."],
    ["predicate p(a) = q(a)\ntroupe (x) where p(x)", "there is no function or predicate q."],
    ["predicate p(a) = p(a)\ntroupe (x) where p(x)", "there is no function or predicate p."],
    ["predicate p(a) = a.ssd\ntroupe (x, y) where p(x, y)", "p is about 1 machine, and here are 2."],
    ["predicate p(a) = a.ssd\ntroupe (x) where p(x.ssd)", "p takes a machine, and this is a boolean."],
    ["predicate sum(a) = a.ssd\ntroupe (x)", "sum is a function of the language; choose another name."],
    [
      "troupe (x) where forall x in members: x.ssd",
      "x stands for another machine here already; choose another name, or end the quantifier before it with parentheses.",
    ],
    [
      "troupe (x) where forall m in member: m.ssd",
      'expected members or machines, found "member". Did you mean members?',
    ],
    ['troupe (x) where x.building = "A', "this string has no closing quote on its line."],
    [
      "troupe (x) where x.memory > 12abc",
      '"12abc" is neither a number, such as 16 or 0.5, nor a duration, such as 10m.',
    ],
    [
      "troupe (x) where x.memory > 99999999999999999999",
      "this number is too large to be kept exactly; a string can be of any length.",
    ],
    ["troupe (x) where alldifferent(m in machines: m.building)", "alldifferent ranges over members"],
    [`troupe (${Array.from({ length: 26 }, (_, i) => `x${i}`).join(", ")})`, "a troupe has at most 25 members."],
    [
      `troupe (${Array.from({ length: 25 }, (_, i) => `x${i}`).join(", ")}) where forall a, b, c, d in members: a.ssd or b.ssd`,
      "written out for all members, this configuration has more than 200000 parts.",
    ],
  ];
  for (const [text, sentence] of sentences) {
    it(`are told: ${text.slice(0, 60).replaceAll("\n", " ") || "an empty file"}`, () => {
      const told = mistake(text);
      assert.ok(told.split("\n")[0]!.includes(sentence), told);
      assert.match(told, /^bank\.troupe:\d+:\d+: [^\n]+[.?]\n\d+ \| .*\n +\| +\^+$/);
    });
  }
});

describe("what is undefined", () => {
  // x is m3, whose memory is missing; or m1, of which something is divided by zero.
  const undefinedFormulas = [
    "x.memory > 8",
    "x.memory / x.spare > 8",
    "x.memory mod x.spare = 0",
    "abs(x.memory - 1 / x.spare) >= 0",
  ];
  const only = (name: string, formula: string): boolean =>
    placed(`troupe (x) where x.name = "${name}" and (${formula})`) !== null;

  for (const formula of undefinedFormulas) {
    const machine = formula.includes("spare") ? "m1" : "m3";
    it(`is neither true nor false in any position: ${formula}`, () => {
      for (const position of [
        formula,
        `not (${formula})`,
        `not not (${formula})`,
        `(${formula}) or x.name = "other"`,
        `not ((${formula}) and x.name = "${machine}")`,
        `x.name = "${machine}" implies (${formula})`,
        `(${formula}) implies x.name = "other"`,
        `(${formula}) = true`,
        `(${formula}) = (${formula})`,
        `forall m in members: ${formula.replaceAll("x.", "m.")}`,
        `exists m in members: not (${formula.replaceAll("x.", "m.")})`,
        `count(m in members: ${formula.replaceAll("x.", "m.")}) <= 1`,
        `exists m in machines: m = x and (${formula.replaceAll("x.", "m.")})`,
      ])
        assert.equal(only(machine, position), false, position);
    });

    it(`does not matter where another operand decides: ${formula}`, () => {
      for (const position of [
        `(${formula}) or x.name = "${machine}"`,
        `x.name = "other" implies (${formula})`,
        `not ((${formula}) and x.name = "other")`,
        `not defined(${formula})`,
      ])
        assert.equal(only(machine, position), true, position);
    });
  }

  it("is not let through by a negation", () => {
    assert.deepEqual(placed("troupe (x) where not x.memory < 20"), ["m2"]);
    assert.equal(placed("troupe (x, y, z) where not x.memory = 1 and not y.memory = 1 and not z.memory = 1"), null);
  });

  it("makes a placement none, if it is the objective", () => {
    assert.deepEqual(placed("troupe (x) maximize -x.memory"), ["m1"]);
    assert.equal(placed("troupe (x, y, z) minimize sum(m in members: m.memory)"), null);
  });
});

describe("contradictions", () => {
  const conflicting = (text: string): string[] =>
    conflict(specify("bank.troupe", text, machines), machines).map((condition) => condition.text);

  it("are shown without what has nothing to do with them", () => {
    const text = `troupe (x, y)
      where x.ssd and (forall m in members: m.memory > 8 and defined(m.ssd))
        and y.building = "A" and x.building != "C"`;
    assert.equal(placed(text), null);
    // x on m1 and y on m1: each alone can be.
    assert.deepEqual(conflicting(text), ["x.ssd", 'y.building = "A"']);
  });

  it("fall into the parts of a forall", () => {
    assert.deepEqual(conflicting("troupe (x) where forall m in members: m.ssd and m.memory > 20"), [
      "forall m in members: m.ssd",
      "forall m in members: m.memory > 20",
    ]);
  });

  it("may be no more than too few machines", () => {
    assert.deepEqual(conflicting("troupe (a, b, c, d) where a.ssd"), []);
    assert.equal(placed("troupe (a, b, c, d)"), null);
  });
});

describe("a search that takes too long", () => {
  it("gives up, with the best that it has found", () => {
    const many = readMachines(
      "many.csv",
      `name,a,b\n${Array.from({ length: 60 }, (_, i) => `m${i},${(i * 7919) % 1009},${(i * 104729) % 997}`).join("\n")}`,
    );
    const text = "troupe (x, y, z, t) maximize abs(x.a * y.b - z.a * t.b) mod 1001";
    const specification = specify("hard.troupe", text, many);
    assert.throws(
      () => solve(specification, many, { effort: 20_000 }),
      (error) => error instanceof NoProof && error.steps === 20_000 && error.best?.machines.length === 4,
    );
  });
});

describe("tables of machines", () => {
  const type = (name: string): string | undefined => machines.attributes.get(name)?.type;

  it("have columns of numbers, booleans and strings", () => {
    assert.deepEqual(["memory", "building", "ssd", "disk size", "code", "mixed"].map(type), [
      "number",
      "string",
      "boolean",
      "number",
      "string",
      "string",
    ]);
    assert.deepEqual(placed('troupe (x) where x."disk size" > 100'), ["m2"]);
    assert.deepEqual(placed('troupe (x) where x.code = "007"'), ["m1"]);
  });

  it("keep the digits of what is no exact number", () => {
    const table = readMachines("t.csv", "name,id\na,12345678901234567890\nb,12345678901234567891\n");
    assert.equal(table.attributes.get("id")?.type, "string");
    assert.notEqual(solve(specify("t", "troupe (x, y) where x.id != y.id", table), table), undefined);
  });

  it("are the same with quotes and without, whatever ends their lines", () => {
    const plain = "name,a,b\nx, 1 ,p q\n\ny,,2.5\n";
    const quoted = plain.replace("p q", '"p q"');
    const [first, ...others] = [plain, quoted, plain.replaceAll("\n", "\r\n"), `\uFEFF${plain}`].map((text) => {
      const table = readMachines("t.csv", text);
      return {
        attributes: [...table.attributes.values()].map(({ name, type }) => [name, type]),
        rows: [0, 1].map((i) => table.machine(i)),
      };
    });
    assert.deepEqual(first!.rows, [
      { name: "x", attributes: { name: "x", a: 1, b: "p q" } },
      { name: "y", attributes: { name: "y", b: "2.5" } },
    ]);
    for (const other of others) assert.deepEqual(other, first);
    for (const text of ["name,a\n\nx,1,2\n", 'name,a\n\nx,1,"2"\n']) {
      assert.equal(
        message(() => readMachines("t.csv", text)),
        "t.csv, line 3: 3 fields; expected 2, name,a.",
      );
    }
  });

  it("are the same from JSON", () => {
    const table = readMachines("t.json", '[{"name": "a", "memory": 16, "ssd": true}, {"name": "b", "memory": null}]');
    assert.deepEqual(
      [...table.attributes.values()],
      [
        { name: "name", type: "string" },
        { name: "memory", type: "number" },
        { name: "ssd", type: "boolean" },
      ],
    );
    assert.deepEqual(table.machine(1).attributes, { name: "b" });
  });

  const bad: readonly (readonly [file: string, text: string, sentence: string])[] = [
    ["t.csv", "", 't.csv: expected a line of column names with "name" among them, found nothing.'],
    ["t.csv", "host,memory\n", 't.csv: expected a line of column names with "name" among them, found host, memory.'],
    ["t.csv", "name,a\nx,1\nx,2\n", 't.csv, line 3: the machine "x" is in line 2 already.'],
    ["t.csv", "name,a\n,1\n", "t.csv, line 2: the machine has no name."],
    ["t.csv", "name,a\nx,1,2\n", "t.csv, line 2: 3 fields; expected 2, name,a."],
    ["t.csv", "name,a,a\n", 't.csv: two columns are called "a".'],
    ["t.json", "{}", 't.json: expected a list of machines, [{"name": "…", …}, …].'],
    ["t.json", "[1]", 't.json, machine 1: expected an object, {"name": "…", …}.'],
    ["t.json", '[{"a": 1}]', 't.json, machine 1: expected a "name" that is a string.'],
    [
      "t.json",
      '[{"name": "x", "a": 1}, {"name": "y", "a": "1"}]',
      't.json: a of "y" is a string, and of "x" a number.',
    ],
    ["t.json", '[{"name": "x", "a": [1]}]', 't.json: a of "x" is [1]; expected a number, a string or a boolean.'],
    [
      "t.json",
      '[{"name": "x", "a": 12345678901234567890}]',
      't.json: a of "x" is beyond 2^53, where numbers are not kept exactly; write it as a string.',
    ],
    ["t.txt", "", "t.txt: a table of machines is a file whose name ends in .csv or .json."],
  ];
  for (const [file, text, sentence] of bad) {
    it(`say what is wrong: ${sentence.slice(0, 60)}`, () => assert.equal(message(() => readMachines(file, text)), sentence)); // prettier-ignore
  }
});
