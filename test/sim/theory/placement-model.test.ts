/** The number of members that are up, against adding up all states of all machines, racks and buildings. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { membersUp, unavailability, type Site } from "../../../sim/theory/placement-model.ts";
import { near } from "../../near.ts";

const down = { machine: 0.1, rack: 0.05, building: 0.02 };

/** By trying all states of what can be down. */
function dumb(sites: readonly Site[]): number[] {
  const things = [
    ...sites.map((_, i) => ({ name: `machine ${i}`, down: down.machine })),
    ...[...new Set(sites.map(({ rack }) => rack))].map((rack) => ({ name: rack, down: down.rack })),
    ...[...new Set(sites.map(({ building }) => building))].map((building) => ({ name: building, down: down.building })),
  ];
  const result = Array.from({ length: sites.length + 1 }, () => 0);
  for (let state = 0; state < 2 ** things.length; state++) {
    const isDown = new Set(things.filter((_, i) => (state >> i) & 1).map(({ name }) => name));
    const probability = things.reduce(
      (product, thing) => product * (isDown.has(thing.name) ? thing.down : 1 - thing.down),
      1,
    );
    const up = sites.filter(
      ({ rack, building }, i) => ![`machine ${i}`, rack, building].some((name) => isDown.has(name)),
    );
    result[up.length]! += probability;
  }
  return result;
}

describe("members that share racks and buildings", () => {
  it("are up as adding up all states says", () => {
    const site = fc.record({ building: fc.constantFrom("a", "b"), place: fc.constantFrom(1, 2) });
    fc.assert(
      fc.property(fc.array(site, { minLength: 1, maxLength: 5 }), (places) => {
        const sites = places.map(({ building, place }) => ({ building, rack: `${building}${place}` }));
        const [found, expected] = [membersUp(sites, down), dumb(sites)];
        assert.equal(found.length, expected.length);
        for (const [up, probability] of expected.entries()) near(found[up]!, probability, 1e-12);
      }),
      { numRuns: 50 },
    );
  });

  it("are available by the simple forms of three placements", () => {
    const { machine: m, rack: r, building: b } = down;
    const at = (building: string, rack: string): Site => ({ building, rack });
    const one = [at("a", "a1"), at("a", "a1"), at("a", "a1")];
    const racks = [at("a", "a1"), at("a", "a2"), at("a", "a3")];
    const buildings = [at("a", "a1"), at("b", "b1"), at("c", "c1")];
    near(unavailability(one, 1, down), 1 - (1 - b) * (1 - r) * (1 - m ** 3), 1e-12);
    near(unavailability(racks, 1, down), 1 - (1 - b) * (1 - (1 - (1 - r) * (1 - m)) ** 3), 1e-12);
    near(unavailability(buildings, 1, down), (1 - (1 - b) * (1 - r) * (1 - m)) ** 3, 1e-12);
  });
});
