/** All checkers, in the order in which they are told. */
import { answers, liveness, majorities, soundness } from "./checks/clients.ts";
import { answersLastWhenBound, belonging, boundOnce, equalWhenBound, transferred } from "./checks/ringmaster.ts";
import { answersLast, equalStates, exactlyOnce, noCallLost } from "./checks/table.ts";
import type { Checker, Course, Found } from "./course.ts";

export interface Violation extends Found {
  readonly checker: string;
}

const checkers: readonly Checker[] = [
  soundness,
  exactlyOnce,
  boundOnce,
  majorities,
  answers,
  transferred,
  equalStates,
  equalWhenBound,
  answersLast,
  answersLastWhenBound,
  noCallLost,
  belonging,
  liveness,
];

export function judge(course: Course): Violation[] {
  return checkers.flatMap(({ name, check }) => check(course).map((found) => ({ checker: name, ...found })));
}
