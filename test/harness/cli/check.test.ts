/** `troupe check`: what it finds of a class that would go wrong as a troupe, and of one that would not. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { packageRoot } from "../../../harness/package-root.ts";
import { captured } from "./captured.ts";

const dice = join(packageRoot, "test/modules/wrong/dice.ts");
const bank = join(packageRoot, "examples/bank.ts");

describe("troupe check", () => {
  it("names each method that would go wrong, the call and the field", async () => {
    const { status, out, err } = await captured(["check", dice, "--courses", "1", "--calls", "12"]);
    assert.equal(status, 1);
    assert.match(out, /after call \d+, throw\(\): member 1 and member 2 differ in state\.last: 0\.\d+ against 0\.\d+/);
    assert.match(out, /wait\(\): Dice\.wait: it waits for something that never happens: nothing is left to run/);
    assert.match(out, /later\(\): Dice\.later: it has ended and left a timer/);
    assert.match(out, /home\(\): .*wrong\/dice\.ts:26: process\.env is not the same at all members/);
    assert.match(out, /spin\(\): it reads the clock again and again/);
    assert.match(err, /Dice would go wrong as a troupe \(5 found\)/);
  });

  it("names state that no newcomer would get: in fields, and outside of the instance", async () => {
    const refused = join(packageRoot, "test/modules/state/refused.ts");
    const words = (name: string): string[] => ["check", refused, "--export", name, "--courses", "1", "--calls", "4"];
    const closure = await captured(words("Closure"));
    assert.equal(closure.status, 1);
    assert.match(closure.out, /wrong: state of Closure\.rules\[0\]\.test is a function/);
    const cache = await captured(words("FileCache"));
    assert.equal(cache.status, 2);
    assert.match(
      cache.err,
      /FileCache cannot be a module: cache of refused\.ts stands at the top of the file \(line \d+\)/,
    );
    const memo = await captured(words("Memo"));
    assert.match(memo.out, /wrong: call \d+, change\(.*\): cache in memoized of refused\.ts is closed over/);
  });

  it("says why a newcomer cannot take the state of the members", async () => {
    const stubborn = join(packageRoot, "test/modules/wrong/stubborn.ts");
    const { status, out } = await captured(["check", stubborn, "--courses", "1", "--calls", "4"]);
    assert.equal(status, 1);
    const why =
      /^wrong: a newcomer does not get the state of the members: setState of Stubborn raised RangeError: no room/m;
    assert.match(out, why);
  });

  it("tells with which ordering a class would go wrong", async () => {
    const marked = join(packageRoot, "test/modules/wrong/marked.ts");
    const words = ["check", marked, "--courses", "1", "--calls", "6", "--export"];
    const reads = await captured([...words, "Reads"]);
    assert.equal(reads.status, 1);
    assert.match(
      reads.out,
      /^wrong with --ordering commit: call \d+, look\(\): class Reads marks the method look as reading/m,
    );
    assert.match(reads.err, /Reads would go wrong as a troupe with --ordering commit \(1 found\)/);
    const objects = await captured([...words, "Objects", "--ordering", "commit"]);
    assert.match(
      objects.out,
      /^wrong with --ordering commit: call \d+, add\(.*names is of a subclass of a built-in class/m,
    );
    assert.equal((await captured([...words, "Objects", "--ordering", "broadcast"])).status, 0);
  });

  it("calls no method that TypeScript hides", async () => {
    const hidden = join(packageRoot, "test/modules/wrong/hidden.ts");
    const { status, out } = await captured(["check", hidden, "--courses", "1", "--calls", "6", "--ordering", "none"]);
    assert.match(out, /Hidden with the methods add, names\n/);
    assert.equal(status, 0);
  });

  it("says of a class that nothing went wrong, and how much was tried", async () => {
    const { status, out } = await captured(["check", bank, "--courses", "1", "--calls", "12"]);
    assert.equal(status, 0);
    assert.match(out, /Bank with the methods balance, deposit, transfer, withdraw/);
    assert.match(out, /3 members, 48 calls, \d+ joins, \d+ crashes, ordering none, commit, broadcast/);
    assert.match(out, /nothing went wrong: the members had one state after every call and every join/);
  });
});
