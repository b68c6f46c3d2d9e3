/** States of a small world a CPU second, with every history played on the protocols' own code. */
import { explore } from "../search/explore/explore.ts";
import { defaultWorld } from "../search/explore/small-world.ts";
import type { Benchmark } from "./benchmark.ts";

const states = { short: 150_000, long: 1_000_000 } as const;

export const exploration: Benchmark = {
  name: "explore",
  goal: "at least 20,000 states of a small world a CPU second",
  async run({ long }) {
    const options = { states: long ? states.long : states.short, reduced: true };
    // The code is compiled by then.
    await explore({ ...defaultWorld, losses: 0 }, options);
    const before = process.cpuUsage();
    const levels = await explore(defaultWorld, options);
    const { user, system } = process.cpuUsage(before);
    const visited = levels.reduce((sum, level) => sum + level.states, 0);
    const value = visited / ((user + system) / 1e6);
    return [{ what: "states", value, unit: "a CPU second", goal: { of: "value", atLeast: 20_000 } }];
  },
};
