/** Partitions of a troupe that is bound by a Ringmaster, judged by the checker alone: quick, for the mutants. */
import assert from "node:assert/strict";
import { constant } from "../../../sim/distribution.ts";
import { partitionCourse, type CourseOptions } from "../../../sim/partition-course.ts";
import { World } from "../../../sim/world.ts";

const standard: CourseOptions = {
  collator: "first-come",
  agreeing: 2,
  binding: "ringmaster",
  quorum: "one",
  members: 3,
  minority: 1,
  ringmasters: 3,
  ringmastersCutOff: 0,
  cut: 15_000,
  oneWay: false,
  rate: 2,
  timeout: 0,
  lease: 5000,
  suspicion: 7500,
};

/** Holds the course to the statement, and to these numbers of findings that are allowed: whether there are any. */
async function hold(varied: Partial<CourseOptions>, allowed: boolean): Promise<void> {
  const seed = `partition ${JSON.stringify(varied)}`;
  const world = new World({ seed, network: { delay: constant(0.5) } });
  const { judgement, equal } = await partitionCourse(world, seed, { ...standard, ...varied });
  assert.equal(judgement.violations[0]?.sentence, undefined);
  assert.equal(judgement.allowed.length > 0, allowed);
  assert.equal(equal, judgement.divergent === 0);
}

describe("a partition of a troupe that may change", () => {
  it("leaves equal states, and nothing that was answered is lost", () => hold({}, false));

  it("of which the minority goes on leaves equal states", () => hold({ ringmastersCutOff: 3 }, false));

  it("in which nobody may go on leaves equal states", () =>
    hold({ quorum: "majority", ringmastersCutOff: 3, collator: "majority" }, false));

  it("in one direction leaves equal states", () => hold({ oneWay: true }, false));

  it("that is long may lose what one member has answered", () => hold({ cut: 60_000 }, true));

  it("that is long loses nothing that all have answered", () => hold({ cut: 60_000, collator: "unanimous" }, false));
});
