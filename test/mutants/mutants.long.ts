/**
 * Each rule of the protocols is guarded: with the rule broken, they are caught by the search, or by a test of the rule.
 * The unbroken protocols pass every seed of the same search.
 *
 * Here are those that are caught quickly; `npm run campaign` has all.
 */
import assert from "node:assert/strict";
import { mutants as catalogue } from "../../search/mutants/all.ts";
import { callMutants } from "../../search/mutants/calls.ts";
import { messageMutants } from "../../search/mutants/messages.ts";
import type { Mutant } from "../../search/mutants/mutant.ts";
import { campaign, catchAll } from "./catch.ts";

const effort = { seeds: 2000, limit: 20_000 };
/** Seeds that the unbroken protocols pass here; the campaign has ten thousand. */
const unbroken = 40;
const atOnce = 1;
const always = [...messageMutants, ...callMutants];
const mutants = catalogue.filter((mutant) => mutant.quick ?? always.includes(mutant));

describe("mutants of the protocols", function () {
  this.timeout(60_000);
  let caught = new Map<Mutant, Promise<string | undefined>>();

  before(() => {
    caught = catchAll(mutants, atOnce, effort);
    for (const result of caught.values()) result.catch(() => undefined);
  });

  it(`unbroken, they pass ${unbroken} seeds of the search`, async () => {
    const { status, output } = await campaign({ ...effort, seeds: unbroken });
    assert.deepEqual({ status, ...(JSON.parse(output) as object) }, { status: 0, seed: unbroken });
  });

  for (const mutant of mutants) {
    it(`caught: ${mutant.name}`, async () => {
      const how = await caught.get(mutant);
      assert.notEqual(how, undefined, "not caught");
      process.stdout.write(`      ${how!.slice(0, 150)}\n`);
    });
  }
});
