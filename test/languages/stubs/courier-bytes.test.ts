/**
 * Courier's bytes, as implementations wrote them that this project did not make. Each row is a type of witness.cr, a
 * value, and the bytes that all of its witnesses wrote for that value. The witnesses:
 *
 * - Eric Cooper's Courier compiler and library for Berkeley UNIX of March 1983 (4.1cBSD, new/courier);
 * - its successor in 4.3BSD and 4.4BSD (contrib/xns, 1985 to 1987), which called Xerox's servers;
 * - Dodo (github.com/devhawala/dodo, revision 0d13ff8), in Java, which serves Xerox's workstations.
 *
 * The two C libraries leave the byte that pads a string as they find it. Here their buffer had been zeroed. Cooper's
 * compiler of 1983 has no recursive types, and takes the designators of Figure from an enumeration of its own.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { compileCourier } from "../../../languages/stubs/courier/compile.ts";
import type { Form } from "../../../languages/stubs/form.ts";
import { Codecs, type Codec } from "../../../languages/stubs/schema/codec.ts";
import { MalformedError, Reader, Writer } from "../../../protocols/wire/bytes.ts";
import { root } from "./emitted.ts";

const later = "Dodo and 4.3BSD";
const all = "Dodo, 4.3BSD and Cooper";

const arm = (type: string, value: unknown = {}) => ({ type, value });
const alto = { organization: "Xerox", domain: "PARC", object: "Alto" };
const host = [0x0200, 0xaa01, 0x1234];
const address = (socket: number) => ({ network: [0, 0x0c2f], host, socket });
const identifier = { host: [0x0200, 0xaa01, 0x1235], hostRelativeIdentifier: [0x89ab, 0xcdef] };
const transfer = { network: [0, 0x0c2f], host, identifier };

const rows: readonly (readonly [witnesses: string, type: string, value: unknown, bytes: string])[] = [
  [later, "Flag", true, "0001"],
  [all, "Flag", false, "0000"],
  [all, "Card", 0, "0000"],
  [all, "Card", 65535, "ffff"],
  [all, "Card", 258, "0102"],
  [all, "LongCard", 65536, "0001 0000"],
  [all, "LongCard", 4294967295, "ffff ffff"],
  [all, "LongCard", 305419896, "1234 5678"],
  [all, "Int", -32768, "8000"],
  [all, "Int", 32767, "7fff"],
  [all, "Int", -2, "fffe"],
  [all, "LongInt", -2147483648, "8000 0000"],
  [all, "LongInt", 2147483647, "7fff ffff"],
  [all, "LongInt", -65536, "ffff 0000"],
  [all, "Word", 42798, "a72e"],
  [all, "Text", "", "0000"],
  [all, "Text", "a", "0001 6100"],
  [all, "Text", "ab", "0002 6162"],
  [all, "Text", "Courier", "0007 436f 7572 6965 7200"],
  [all, "Colour", "red", "0000"],
  [all, "Colour", "green", "0100"],
  [all, "Colour", "blue", "ffff"],
  [all, "Point", { x: -1, y: 1 }, "ffff 0001"],
  [all, "Longs", [1, -1, -2147483648], "0000 0001 ffff ffff 8000 0000"],
  [all, "Texts", [], "0000"],
  [all, "Texts", ["", "a", "bc", "def"], "0004 0000 0001 6100 0002 6263 0003 6465 6600"],
  [all, "Points", [], "0000"],
  [
    all,
    "Points",
    [
      { x: 1, y: 2 },
      { x: -3, y: -4 },
    ],
    "0002 0001 0002 fffd fffc",
  ],
  [all, "Table", [[], [1, 65535]], "0000 0002 0001 ffff"],
  [
    later,
    "Box",
    {
      name: "box",
      corners: [
        { x: 0, y: 0 },
        { x: 7, y: -7 },
      ],
      filled: true,
      colour: "green",
    },
    "0003 626f 7800 0000 0000 0007 fff9 0001 0100",
  ],
  [all, "Shape", arm("red", 500), "0000 01f4"],
  [all, "Shape", arm("green", { x: 3, y: 4 }), "0100 0003 0004"],
  [all, "Shape", arm("blue", { x: 5, y: 6 }), "ffff 0005 0006"],
  [all, "Figure", arm("none"), "0000"],
  [all, "Figure", arm("dot", { x: 8, y: 9 }), "0007 0008 0009"],
  [all, "Figure", arm("label", "odd"), "ffff 0003 6f64 6400"],
  [later, "Tree", arm("leaf", 131071), "0001 0001 ffff"],
  [later, "Tree", arm("node", []), "0002 0000"],
  [
    later,
    "Tree",
    arm("node", [arm("leaf", 1), arm("node", [arm("leaf", 2), arm("leaf", 4294967295)])]),
    "0002 0002 0001 0000 0001 0002 0002 0001 0000 0002 0001 ffff ffff",
  ],
  [all, "ThreePartName", alto, "0005 5865 726f 7800 0004 5041 5243 0004 416c 746f"],
  [
    later,
    "NetworkAddressList",
    [address(0), address(20)],
    "0002 0000 0c2f 0200 aa01 1234 0000 0000 0c2f 0200 aa01 1234 0014",
  ],
  [
    later,
    "MailboxesValue",
    { time: 2114294400, mailService: [alto, { organization: "", domain: "x", object: "Mail" }] },
    "7e05 9280 0002 0005 5865 726f 7800 0004 5041 5243 0004 416c 746f 0000 0001 7800 0004 4d61 696c",
  ],
  [later, "AuthenticationLevelValue", { simpleSupported: true, strongSupported: false }, "0001 0000"],
  [
    later,
    "UserDataValue",
    { lastNameIndex: 5, fileService: alto },
    "0005 0005 5865 726f 7800 0004 5041 5243 0004 416c 746f",
  ],
  [all, "Credentials", { type: "simple", value: [5, 22629, 29295, 30720] }, "0000 0004 0005 5865 726f 7800"],
  [all, "Credentials", { type: "strong", value: [] }, "0001 0000"],
  [later, "Verifier", [], "0000"],
  [later, "Verifier", [40000], "0001 9c40"],
  [
    later,
    "StrongCredentials",
    { conversationKey: [291, 17767, 35243, 52719], expirationTime: 2114294401, initiator: alto },
    "0123 4567 89ab cdef 7e05 9281 0005 5865 726f 7800 0004 5041 5243 0004 416c 746f",
  ],
  [all, "StrongVerifier", { timeStamp: 2114294402, ticks: 4000000000 }, "7e05 9282 ee6b 2800"],
  [later, "Descriptor", arm("null"), "0000"],
  [later, "Descriptor", arm("immediate"), "0001"],
  [later, "Descriptor", arm("passive", transfer), "0002 0000 0c2f 0200 aa01 1234 0200 aa01 1235 89ab cdef"],
  [later, "Descriptor", arm("active", transfer), "0003 0000 0c2f 0200 aa01 1234 0200 aa01 1235 89ab cdef"],
  [later, "PacketData", arm("request"), "0001"],
  [
    later,
    "PacketData",
    arm("response", {
      currentTime: 2700000000,
      offsetDirection: "east",
      offsetHours: 1,
      offsetMinutes: 30,
      startOfDST: 121,
      endOfDST: 305,
      toleranceType: "inMilliSeconds",
      tolerance: 100000,
    }),
    "0002 a0ee bb00 0001 0001 001e 0079 0131 0001 0001 86a0",
  ],
  [
    later,
    "PrintAttributes",
    [arm("printObjectName", "thesis"), arm("printObjectCreateDate", 2666304000), arm("senderName", "Eve")],
    "0003 0000 0006 7468 6573 6973 0001 9eec 9200 0002 0003 4576 6500",
  ],
  [
    later,
    "PrintOptions",
    [
      arm("printObjectSize", 70000),
      arm("recipientName", "Bob"),
      arm("message", ""),
      arm("copyCount", 2),
      arm("pagesToPrint", { beginningPageNumber: 1, endingPageNumber: 300 }),
      arm("mediumHint", arm("paper", arm("knownSize", "a4"))),
      arm("priorityHint", "high"),
      arm("releaseKey", 65535),
      arm("staple", false),
      arm("twoSided", true),
    ],
    "000a 0000 0001 1170 0001 0003 426f 6200 0002 0000 0003 0002 0004 0001 012c 0005 0000 0001 0007 0006 0002 " +
      "0007 ffff 0008 0000 0009 0001",
  ],
  [later, "Medium", arm("paper", arm("otherSize", { width: 210, length: 297 })), "0000 0002 00d2 0129"],
  [later, "Medium", arm("paper", arm("unknown", {})), "0000 0000"],
];

/**
 * 4.1cBSD of March 1983 set one byte of a BOOLEAN's word, the first. Its own later releases, and Dodo, set the second.
 */
const superseded = [
  ["Flag", "0100"],
  ["Box", "0003 626f 7800 0000 0000 0007 fff9 0100 0100"],
] as const;

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("hex")
    .replace(/(....)(?=.)/g, "$1 ");

const reader = (words: string): Reader => new Reader(Buffer.from(words.replaceAll(" ", ""), "hex"), 0);

describe("bytes of other implementations of Courier", () => {
  let codecOf: (type: string) => Codec;

  before(() => {
    const [program] = compileCourier([join(root, "test/languages/stubs/witness.cr")]);
    const codecs = new Codecs(new Map<string, Form>(program!.types.map(({ name, form }) => [name, form])));
    codecOf = (name) => codecs.of({ kind: "named", name });
  });

  for (const [witnesses, type, value, bytes] of rows) {
    it(`${type} ${bytes}, by ${witnesses}`, () => {
      const writer = new Writer();
      writer.begin(0);
      codecOf(type).externalize(writer, value, type);
      assert.equal(hex(writer.finish()), bytes);
      const from = reader(bytes);
      assert.deepEqual(codecOf(type).internalize(from), value);
      from.end();
    });
  }

  for (const [type, bytes] of superseded) {
    it(`${type} ${bytes}, by 4.1cBSD only, is malformed`, () => {
      assert.throws(() => codecOf(type).internalize(reader(bytes)), MalformedError);
    });
  }
});
