/**
 * Each class of test/modules/state on three simulated members, with joins in the middle: carried whole, or refused
 * early.
 */
import type { OrderingName } from "../../../protocols/call/server/ordering.ts";
import { Program } from "../../../protocols/program/program.ts";
import { quickMessages, Town } from "../../protocols/binding/town.ts";
import { carried, fileOfRefused, refusedAtCall, refusedAtOnce } from "./carried.ts";
import { isCarried, isRefused, runCourse, type Case, type Outcome, type Participant } from "./carrying.ts";

const cases: readonly Case[] = [
  ...carried,
  ...Object.keys({ ...refusedAtOnce, ...refusedAtCall }).map((name): Case => [fileOfRefused(name), name]),
];

async function simulated(which = cases, ordering: OrderingName = "none"): Promise<Map<string, Outcome>> {
  const town = new Town("modules");
  const open = (name: string): Participant => {
    let participant: Participant | undefined;
    town.world.machine(name).start((host) => {
      const binding = town.binding();
      const program = new Program(host, binding, quickMessages);
      participant = { program, binding, run: (main) => town.answer(program, main) };
    });
    return participant!;
  };
  const members = [1, 2, 3].map((i) => open(`member ${i}`));
  return runCourse(which, members, open("client"), ordering);
}

describe("the state of any class on three simulated members, two of which join in the middle", () => {
  let outcomes: Map<string, Outcome>;
  before(async () => {
    outcomes = await simulated();
  });
  for (const [, name] of carried) it(`${name} is carried whole`, () => isCarried(outcomes.get(name)!));
  for (const [name, sentence] of Object.entries({ ...refusedAtOnce, ...refusedAtCall }))
    it(`${name} is refused`, () => isRefused(outcomes.get(name)!, sentence));
});

describe("the state of any class whose calls are transactions", () => {
  let outcomes: Map<string, Outcome>;
  before(async () => {
    outcomes = await simulated(carried, "commit");
  });
  for (const [, name] of carried) it(`${name} is carried whole`, () => isCarried(outcomes.get(name)!));
});
