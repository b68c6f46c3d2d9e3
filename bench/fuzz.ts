/** Schedules of the search a CPU second, judged by all checkers, at the size that seeds draw by default. */
import { draw } from "../search/draw.ts";
import { run } from "../search/run.ts";
import type { Benchmark } from "./benchmark.ts";

/** Seeds that are run before the clock begins: the code is compiled by then. */
const warm = 400;
const seeds = { short: 1200, long: 6000 } as const;

export const fuzz: Benchmark = {
  name: "fuzz",
  goal: "at least 150 schedules of the search a CPU second",
  async run({ long }) {
    const count = long ? seeds.long : seeds.short;
    for (let seed = 1; seed <= warm; seed++) await run(draw(`warm ${seed}`));
    const before = process.cpuUsage();
    for (let seed = 1; seed <= count; seed++) {
      const { violations } = await run(draw(String(seed)));
      if (violations.length > 0) throw new Error(`seed ${seed}: ${violations[0]!.sentence}`);
    }
    const { user, system } = process.cpuUsage(before);
    const value = count / ((user + system) / 1e6);
    return [{ what: "schedules", value, unit: "a CPU second", goal: { of: "value", atLeast: 150 } }];
  },
};
