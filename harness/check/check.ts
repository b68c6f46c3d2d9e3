/**
 * What would go wrong with a module as a troupe: courses under different seeds, each with another choice of calls,
 * crashes and joins. A method that causes trouble is left out of the courses that follow, so that others are found too.
 *
 * The first ordering has all courses, each further one has one course: what it adds is the same in all.
 */
import { externalizeState } from "../../protocols/call/module-state.ts";
import { proceduresOf, type ModuleClass } from "../../protocols/call/module.ts";
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import { course, type Course, type Trouble } from "./course.ts";
import type { ArgumentsOf } from "./generated.ts";

export interface CheckOptions {
  readonly type: ModuleClass<object>;
  /** Makes an instance. */
  readonly make: () => object;
  readonly argumentsOf: ArgumentsOf;
  readonly seed: string;
  readonly courses: number;
  /** The orderings of calls that are tried. Default: none. */
  readonly orderings?: readonly OrderingName[];
  /** Calls in each course. */
  readonly calls: number;
  /** Methods that are not called. */
  readonly without?: readonly string[];
  /** Hears of each call before it begins. */
  readonly calling?: (call: string, method: string, ordering: OrderingName) => void;
}

export interface Check {
  readonly troubles: readonly Trouble[];
  readonly calls: number;
  readonly joins: number;
  readonly crashes: number;
  /** The states were compared after one call in so many. */
  readonly every: number;
  /** Methods without trouble that only ever raised errors, with the last of them. */
  readonly neverAnswered: readonly { readonly method: string; readonly raised: string }[];
}

/** Bytes of a state that is compared after each call. A longer one is compared more rarely. */
const quick = 2 ** 16;

export async function check(options: CheckOptions): Promise<Check> {
  const { type, make, argumentsOf, seed, courses, calls, without = [], calling = () => undefined } = options;
  const { orderings = ["none"] } = options;
  const methods = proceduresOf(type).filter((each) => !without.includes(each));
  const troubles: Trouble[] = [];
  const walked: Course[] = [];
  const state = stateOf(make());
  const every = 1 + Math.floor(state.length / quick);
  if (typeof state === "string") troubles.push({ ordering: "none", method: undefined, sentence: state });
  let left = typeof state === "string" ? [] : methods;
  const always = { type, make, argumentsOf, calls, every, calling };
  for (const [place, ordering] of orderings.entries()) {
    // The first course is the module's alone: members that share this process would share what is not in their fields.
    for (let number = place === 0 ? 0 : courses; number <= courses && left.length > 0; number++) {
      const members = number === 0 ? 1 : 3;
      const courseSeed = place === 0 ? `${seed}, course ${number}` : `${seed}, ${ordering}`;
      const done = await course({ ...always, methods: left, seed: courseSeed, members, ordering });
      walked.push(done);
      const { trouble } = done;
      if (trouble === undefined) continue;
      troubles.push(trouble);
      if (trouble.method === undefined) break;
      left = left.filter((each) => each !== trouble.method);
      // The courses without this method are as many as they would have been.
      number--;
    }
  }

  const sum = (count: (done: Course) => number): number => walked.reduce((total, done) => total + count(done), 0);
  const blamed = new Set(troubles.map(({ method }) => method));
  const neverAnswered = methods.flatMap((method) => {
    if (blamed.has(method)) return [];
    const outcomes = walked.flatMap((done) => done.outcomes.get(method) ?? []);
    const raised = outcomes.find((each) => each.raised !== "")?.raised;
    return raised === undefined || outcomes.some(({ answered }) => answered > 0) ? [] : [{ method, raised }];
  });
  return {
    troubles,
    calls: sum((done) => done.calls),
    joins: sum((done) => done.joins),
    crashes: sum((done) => done.crashes),
    every,
    neverAnswered,
  };
}

/** The state of the module, externalized; or why it cannot be transferred to a newcomer. */
function stateOf(module: object): Uint8Array | string {
  try {
    return externalizeState(module);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
