/** What is wrong with an interface is said with file, line, column, what was expected, and a caret. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileCourier } from "../../../languages/stubs/courier/compile.ts";
import { compileDescriptors } from "../../../languages/stubs/protobuf/compile.ts";
import { compileTypeScript } from "../../../languages/stubs/typescript/compile.ts";
import { BadSource } from "../../../languages/source.ts";
import { directory } from "./emitted.ts";
import { descriptorsOf, hasProtoc } from "./protoc.ts";

/** The sentence and the picture, without the path of the file. */
function complaint(file: string, text: string, compile: (path: string) => unknown): string {
  const path = join(directory(), file);
  writeFileSync(path, text);
  try {
    compile(path);
  } catch (error) {
    if (error instanceof BadSource) return error.message.replaceAll(path, file);
    throw error;
  }
  return assert.fail("it was compiled");
}

const courier = (declarations: string): string =>
  complaint("p.cr", `P: PROGRAM 1 VERSION 1 =\nBEGIN\n${declarations}\nEND.\n`, (path) => compileCourier([path]));

describe("errors in a Courier specification", () => {
  for (const [declarations, problem, caret] of [
    ["T: TYPE = CARDINA;", "p.cr:3:11: CARDINA is not declared.", "CARDINA"],
    ["A: TYPE = STRING; T: TYPE = RECORD [x: AA];", "p.cr:3:40: AA is not declared; A is near.", "AA"],
    [
      "T: TYPE = SEQUENCE 5 CARDINAL;",
      "p.cr:3:22: expected OF before the type of the elements, found CARDINAL.",
      "CARDINAL",
    ],
    [
      "T: TYPE = LONG STRING;",
      "p.cr:3:16: expected CARDINAL, INTEGER or UNSPECIFIED after LONG, found STRING.",
      "STRING",
    ],
    ["T: TYPE = {a(0), a(1)};", "p.cr:3:18: there are two of the name a.", "a"],
    ["T: TYPE = {a(0), b(0)};", "p.cr:3:18: b has the number 0, as a has.", "b"],
    ["T: TYPE = {a(200000B)};", "p.cr:3:14: 65536 is not from 0 to 65535.", "200000B"],
    ["x: CARDINAL = 65536;", "p.cr:3:15: 65536 stands where a CARDINAL, from 0 to 65535, is expected.", "65536"],
    ["x: BOOLEAN = 1;", "p.cr:3:14: 1 stands where TRUE or FALSE is expected.", "1"],
    [
      "x: CARDINAL = 9B;",
      "p.cr:3:15: 9B is no number; expected digits, or octal digits and B, or digits and H for hexadecimal.",
      "9B",
    ],
    ["T: TYPE = T;", "p.cr:3:11: this type is only another name for itself.", "T"],
    ["P: PROCEDURE REPORTS [Nope] = 1;", "p.cr:3:23: Nope is not declared.", "Nope"],
    ["P: PROCEDURE = 1; Q: PROCEDURE = 1;", "p.cr:3:34: procedure Q has the number 1, as P has.", "1"],
    ["T: TYPE = Other.T;", "p.cr:3:11: no program Other: this one depends upon no program.", "Other"],
    ["T: TYPE = STRING; T: TYPE = STRING;", "p.cr:3:19: T is declared twice, first in line 3.", "T"],
    ['s: STRING = "open;', 'p.cr:3:13: a string begins here and has no end; expected ".', '"'],
    ["R: TYPE = RECORD [a: CARDINAL]; r: R = [b: 1];", "p.cr:3:40: the component a is missing.", "[b: 1]"],
    ["K: TYPE = {a(0)}; C: TYPE = CHOICE K OF {b => STRING};", "p.cr:3:42: b is not in the enumeration K: a.", "b"],
    ["T TYPE = STRING;", 'p.cr:3:3: expected ":" after T, found TYPE.', "TYPE"],
  ] as const) {
    it(problem, () => {
      const message = courier(declarations);
      const [sentence, line, carets] = message.split("\n");
      assert.equal(sentence, problem);
      assert.equal(line, `3 | ${declarations}`);
      const column = Number(/^p\.cr:3:(\d+)/.exec(problem)![1]);
      assert.equal(carets, `  | ${" ".repeat(column - 1)}${"^".repeat(caret.length)}`);
    });
  }

  it("names a program that is not at hand, and where it is looked for", () => {
    const text = "P: PROGRAM 1 VERSION 1 =\nBEGIN\nDEPENDS UPON Time(15) VERSION 2;\nEND.\n";
    const message = complaint("p.cr", text, (path) => compileCourier([path]));
    assert.match(
      message,
      /^p\.cr:3:14: program Time \(15\) version 2 is not at hand; expected .*Time2\.cr, or its file/,
    );
  });
});

const script = (members: string, more = ""): string =>
  complaint("m.ts", `${more}\nexport interface M {\n  ${members}\n}\n`, (path) => compileTypeScript([path]));

describe("what TypeScript interfaces cannot externalize", function () {
  this.timeout(60_000);
  for (const [members, pattern, more] of [
    ["f(x: () => void): void", /^m\.ts:3:5: f\.x is a function, which cannot be externalized\./, ""],
    ["f(x: symbol): void", /f\.x is a symbol, which cannot be externalized/, ""],
    ["f(x: C): void", /f\.x is an instance of class C, which has an identity/, "class C { a = 1 }"],
    ["f(x: string | number): void", /f\.x is the union string \| number, whose members no field tells apart/, ""],
    ["f(x: any): void", /f\.x is any, or of a type that was not found/, ""],
    ["f(x: RegExp): void", /f\.x is a RegExp, which is not plain data/, ""],
    ["f<T>(x: T): void", /M\.f is generic/, ""],
    ["f(x: number): void; f(x: string): void", /M\.f has 2 signatures; expected one/, ""],
    ["f(...x: number[]): void", /f takes any number of arguments, \.\.\.x; expected an array/, ""],
    ["f(x: [number, ...string[]]): void", /f\.x is a tuple of varying length/, ""],
    ["f(): { readonly a: Promise<number> }", /a is a Promise, which cannot be externalized/, ""],
    ["f(x: { g(): void }): void", /f\.x\.g is a function/, ""],
    ["f(x: unique symbol): void", /f\.x is/, ""],
  ] as const) {
    it(members, () => {
      const message = script(members, more);
      assert.match(message, pattern);
      assert.match(message, /\n\d+ \| .*\n +\| +\^/);
    });
  }

  it("private state", () => {
    const text = "export class M {\n  #a = 1;\n  f(): number {\n    return this.#a;\n  }\n}\n";
    const message = complaint("m.ts", text, (path) => compileTypeScript([path]));
    assert.match(
      message,
      /^m\.ts:2:3: the state of M: its field #a is private .* getState and setState\.\n2 \| {3}#a = 1;\n {2}\| {3}\^+$/,
    );
  });

  it("a file without a module", () => {
    assert.match(
      complaint("m.ts", "export const a = 1;\n", (path) => compileTypeScript([path])),
      /m\.ts: no module/,
    );
  });
});

describe("streaming methods", () => {
  it("are refused, or left out where that is asked for", function () {
    if (!hasProtoc) this.skip();
    const path = directory();
    const text =
      'syntax = "proto3";\nmessage A {}\nservice S {\n  rpc F(A) returns (A);\n  rpc G(A) returns (stream A);\n}\n';
    writeFileSync(join(path, "s.proto"), text);
    const descriptors = descriptorsOf(path, "s.proto");
    const options = { path: () => join(path, "s.proto") };
    assert.throws(
      () => compileDescriptors(descriptors, ["s.proto"], options),
      /s\.proto:5:3: method G of service S streams its results; expected a unary method.*\n5 \| {3}rpc G\(A\) returns \(stream A\);\n {2}\| {3}\^{28}$/,
    );
    const programs = compileDescriptors(descriptors, ["s.proto"], { ...options, omitStreaming: true });
    assert.deepEqual(
      programs.flatMap(({ procedures }) => procedures.map(({ name }) => name)),
      ["f"],
    );
  });
});
