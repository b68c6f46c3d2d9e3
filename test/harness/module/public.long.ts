/** Classes in the style of public code, each checked as a troupe: carried whole, or refused with its sentence. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { check } from "../../../harness/check/check.ts";
import { argumentsFrom, isForNobody } from "../../../harness/check/generated.ts";
import { signaturesOf } from "../../../harness/check/signatures.ts";
import { instance, loadClass } from "../../../harness/load.ts";
import { packageRoot } from "../../../harness/package-root.ts";
import { orderingNames } from "../../../protocols/call/server/ordering.ts";
import { proceduresOf } from "../../../protocols/call/module.ts";

const carried: Readonly<Record<string, readonly string[]>> = {
  "collections.ts": ["LruCache", "Trie", "Account", "Matrix", "RateLimiter", "Scheduler", "Bloom", "Graph"],
  "programs.ts": [
    "Editor",
    "TrafficLight",
    "Ledger",
    "Intervals",
    "Thermostat",
    "Document",
    "Fahrenheit",
    "Defaults",
    "Jobs",
    "Wallet",
    "OrSet",
    "Rpn",
    "Lexer",
  ],
  "idioms.ts": [
    "Reg",
    "Shapes",
    "Money",
    "Rows",
    "Assigned",
    "Looped",
    "Dict",
    "Lazy",
    "Curry",
    "Dbg",
    "LinkedStack",
    "Privs",
    "Groups",
    "Sorted",
    "Temporal",
    "Climber",
  ],
};

const refused: Readonly<Record<string, readonly [file: string, sentence: RegExp]>> = {
  Celsius: ["programs.ts", /state of Celsius\.kelvin is an accessor of one object, .*; declare it in the class/],
  Observed: ["programs.ts", /state of Observed\.data is a Proxy, .*; hold the object behind it/],
  Ids: ["programs.ts", /state of Ids\.gen is an iterator, .*; hold the values and the place/],
  Config: ["programs.ts", /instance of Config is static, and a call of put has changed it/],
  Subject: ["programs.ts", /state of Subject\.listeners\[0\] is a function, .*; make it a method/],
  Stream: ["idioms.ts", /each\(\): result is an iterator, .*; hold the values and the place/],
  Tickets: ["idioms.ts", /#next of Ticket is static, and a call of issue has changed it/],
};

/** What a check finds of a class. */
async function troublesOf(file: string, name: string): Promise<string[]> {
  const path = join(packageRoot, "test/modules/public", file);
  const type = await loadClass(path, name);
  const signatures = signaturesOf(name, path);
  const without = proceduresOf(type).filter((each) => isForNobody(type, each, signatures));
  const done = await check({
    type,
    make: () => instance(type, path, []),
    argumentsOf: argumentsFrom(type, signatures),
    seed: name,
    courses: 1,
    calls: 12,
    orderings: orderingNames,
    without,
  });
  assert.ok(done.troubles.length > 0 || done.joins > 0);
  return done.troubles.map(({ sentence }) => sentence);
}

describe("a class in the style of public code", () => {
  for (const [file, names] of Object.entries(carried)) {
    for (const name of names) {
      it(`${name} is carried whole, with each ordering`, async () => {
        assert.deepEqual(await troublesOf(file, name), []);
      });
    }
  }

  for (const [name, [file, sentence]] of Object.entries(refused)) {
    it(`${name} is refused`, async () => {
      assert.match((await troublesOf(file, name))[0]!, sentence);
    });
  }
});
