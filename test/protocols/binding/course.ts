/** The setting in which troupes are cut in two, and what must hold of every course of it. */
import assert from "node:assert/strict";
import { constant } from "../../../sim/chance/distribution.ts";
import { partitionCourse, type Course, type CourseOptions } from "../../../sim/troupes/partition-course.ts";
import { World } from "../../../sim/world.ts";

export type Varied = Partial<CourseOptions>;

export const standard: CourseOptions = {
  collator: "unanimous",
  agreeing: 2,
  binding: "ringmaster",
  quorum: "one",
  members: 3,
  minority: 1,
  ringmasters: 3,
  ringmastersCutOff: 0,
  cut: 20_000,
  oneWay: false,
  rate: 2,
  timeout: 0,
  lease: 5000,
  suspicion: 7500,
};

/** Plays a course, held to the statement by the checker. What varies is its seed. */
export async function play(varied: Varied): Promise<Course> {
  const seed = JSON.stringify(varied);
  const world = new World({ seed, network: { delay: constant(0.5) } });
  const course = await partitionCourse(world, seed, { ...standard, ...varied });
  assert.equal(course.judgement.violations[0]?.sentence, undefined);
  assert.equal(course.equal, course.judgement.divergent === 0, "states against executions");
  return course;
}
