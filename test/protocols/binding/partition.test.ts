/** Partitions of a troupe that is bound by a Ringmaster, judged by the checker alone: quick, for the mutants. */
import assert from "node:assert/strict";
import { play, type Varied } from "./course.ts";

/** Holds the course to the statement, and to these numbers of findings that are allowed: whether there are any. */
async function hold(varied: Varied, allowed: boolean): Promise<void> {
  const { judgement } = await play({ collator: "first-come", cut: 15_000, ...varied });
  assert.equal(judgement.allowed.length > 0, allowed);
}

describe("a partition of a troupe that may change", () => {
  it("leaves equal states, and loses no answered call", () => hold({}, false));

  it("in which the minority continues leaves equal states", () => hold({ ringmastersCutOff: 3 }, false));

  it("in which neither side may continue leaves equal states", () =>
    hold({ quorum: "majority", ringmastersCutOff: 3, collator: "majority" }, false));

  it("in one direction leaves equal states", () => hold({ oneWay: true }, false));

  it("that is long may lose a call that one member has answered", () => hold({ cut: 60_000 }, true));

  it("that is long loses no call that all members have answered", () =>
    hold({ cut: 60_000, collator: "unanimous" }, false));
});
