/** The four front ends agree: equivalent interfaces have the same bytes, and those are the standard's. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import * as v from "valibot";
import { compileCourier } from "../../../languages/stubs/courier/compile.ts";
import type { Form, Program } from "../../../languages/stubs/form.ts";
import { compileDescriptors } from "../../../languages/stubs/protobuf/compile.ts";
import { Codecs, type Codec } from "../../../languages/stubs/schema/codec.ts";
import { SchemaForms } from "../../../languages/stubs/schema/forms.ts";
import { compileTypeScript } from "../../../languages/stubs/typescript/compile.ts";
import { Reader, Writer } from "../../../protocols/wire/bytes.ts";
import { directory } from "./emitted.ts";
import { descriptorsOf, hasProtoc } from "./protoc.ts";

const courier = `
Ledger: PROGRAM 7 VERSION 1 =
BEGIN
  Kind: TYPE = {credit(0), debit(1)};
  Entry: TYPE = RECORD [
    name: STRING, amount: LONG INTEGER, flags: LONG CARDINAL, done: BOOLEAN,
    kind: Kind, tags: SEQUENCE OF STRING];
  Post: PROCEDURE [request: Entry] RETURNS [response: Entry] = 0;
END.
`;

const typescript = `
import type { LongCardinal, LongInteger } from "troupe/languages/stubs/words";
export interface Entry {
  name: string; amount: LongInteger; flags: LongCardinal; done: boolean; kind: "debit" | "credit"; tags: string[];
}
export interface Ledger { post(request: Entry): Entry }
`;

const protobuf = `
syntax = "proto3";
enum Kind { credit = 0; debit = 1; }
message Entry { string name = 1; sint32 amount = 2; uint32 flags = 3; bool done = 4; Kind kind = 5; repeated string tags = 6; }
service Ledger { rpc Post(Entry) returns (Entry); }
`;

const schema = v.object({
  name: v.string(),
  amount: v.pipe(v.number(), v.integer(), v.minValue(-0x80000000), v.maxValue(0x7fffffff)),
  flags: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
  done: v.boolean(),
  kind: v.picklist(["debit", "credit"]),
  tags: v.array(v.string()),
});

/** The codec of the first procedure's argument. */
function codecOf(programs: readonly Program[]): Codec {
  const types = new Map<string, Form>(programs.flatMap(({ types: own }) => own.map(({ name, form }) => [name, form])));
  const procedures = programs.flatMap((program) => program.procedures);
  return new Codecs(types).of(procedures[0]!.arguments[0]!.form);
}

function bytesOf(codec: Codec, value: unknown): Uint8Array {
  const writer = new Writer();
  writer.begin(0);
  codec.externalize(writer, value, "value");
  return writer.finish();
}

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("hex")
    .replace(/(....)(?=.)/g, "$1 ");

describe("the four front ends", function () {
  this.timeout(60_000);
  const codecs = new Map<string, Codec>();

  before(function () {
    const path = directory();
    writeFileSync(join(path, "ledger.cr"), courier);
    writeFileSync(join(path, "ledger.ts"), typescript);
    writeFileSync(join(path, "ledger.proto"), protobuf);
    codecs.set("Courier", codecOf(compileCourier([join(path, "ledger.cr")])));
    codecs.set("TypeScript", codecOf(compileTypeScript([join(path, "ledger.ts")])));
    const forms = new SchemaForms();
    codecs.set("valibot", new Codecs(forms.types).of(forms.form(schema, "entry")));
    if (hasProtoc)
      codecs.set("protobuf", codecOf(compileDescriptors(descriptorsOf(path, "ledger.proto"), ["ledger.proto"])));
  });

  it("write the words of the standard", () => {
    const entry = { name: "rent", amount: -2, flags: 0x12345678, done: true, kind: "debit", tags: ["a", "xyz"] };
    for (const [name, codec] of codecs) {
      const words = [
        "0004 7265 6e74", // STRING: four bytes, two to a word
        "ffff fffe", // LONG INTEGER: two's complement, the more significant word first
        "1234 5678", // LONG CARDINAL
        "0001", // BOOLEAN
        "0001", // enumeration: the number of the item
        "0002 0001 6100 0003 7879 7a00", // SEQUENCE: its length, then its elements; strings are padded with zero
      ];
      assert.equal(hex(bytesOf(codec, entry)), words.join(" "), name);
    }
  });

  it("agree on every value", () => {
    const entry = fc.record(
      {
        name: fc.string({ unit: "grapheme" }),
        amount: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
        flags: fc.integer({ min: 0, max: 0xffffffff }),
        done: fc.boolean(),
        kind: fc.constantFrom("debit", "credit"),
        tags: fc.array(fc.string()),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(entry, (value) => {
        const expected = bytesOf(codecs.get("Courier")!, value);
        for (const [name, codec] of codecs) {
          assert.deepEqual(bytesOf(codec, value), expected, name);
          assert.deepEqual(codec.internalize(new Reader(expected, 0)), value, name);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe("the standard encoding of Courier", () => {
  const encode = (declarations: string, type: string, value: unknown): string => {
    const path = directory();
    const text = `P: PROGRAM 1 VERSION 1 = BEGIN ${declarations} Q: PROCEDURE [x: ${type}] = 0; END.`;
    writeFileSync(join(path, "p.cr"), text);
    return hex(bytesOf(codecOf(compileCourier([join(path, "p.cr")])), value));
  };

  // By the rules of XSIS 038112, chapter 3, word for word.
  for (const [type, value, words] of [
    ["BOOLEAN", true, "0001"],
    ["CARDINAL", 65535, "ffff"],
    ["LONG CARDINAL", 65536, "0001 0000"],
    ["INTEGER", -1, "ffff"],
    ["INTEGER", -32768, "8000"],
    ["LONG INTEGER", -65536, "ffff 0000"],
    ["STRING", "", "0000"],
    ["STRING", "Courier", "0007 436f 7572 6965 7200"],
    ["UNSPECIFIED", 0o123456, "a72e"],
    ["{a(3), b(177777B)}", "b", "ffff"],
    ["ARRAY 3 OF INTEGER", [1, -1, 2], "0001 ffff 0002"],
    ["SEQUENCE 5 OF CARDINAL", [7, 8], "0002 0007 0008"],
    ["SEQUENCE OF STRING", ["a"], "0001 0001 6100"],
    ["RECORD []", {}, ""],
    ["RECORD [a, b: CARDINAL, c: BOOLEAN]", { a: 1, b: 2, c: false }, "0001 0002 0000"],
    ["CHOICE OF {a(1) => CARDINAL, b(2), c(3) => STRING}", { type: "c", value: "no" }, "0003 0002 6e6f"],
    ["CHOICE K OF {x => CARDINAL, y => RECORD []}", { type: "y", value: {} }, "0011"],
    ["T", { type: "more", value: { head: 1, tail: { type: "none", value: {} } } }, "0001 0001 0000"],
    // Of Berkeley's compilers.
    ["LONG UNSPECIFIED", 65536, "0001 0000"],
    ["{a(0FFX)}", "a", "00ff"],
  ] as const) {
    it(`writes ${type} as ${words || "nothing"}`, () => {
      const declarations =
        "K: TYPE = {x(20B), y(21B)}; T: TYPE = CHOICE OF {none(0) => RECORD [], more(1) => RECORD [head: CARDINAL, tail: T]};";
      assert.equal(encode(declarations, type, value), words);
    });
  }
});
