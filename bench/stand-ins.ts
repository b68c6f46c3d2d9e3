/** What the stand-ins for clock and chance cost a module, beside the language's own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadClass } from "../harness/load.ts";
import { Stage } from "../sim/stage.ts";
import { World } from "../sim/world.ts";
import { median, type Benchmark, type Row } from "./benchmark.ts";

const rounds = 7;
const uses = 1_000_000;

/** Expressions, each used so often in one call of a method. */
const expressions = {
  "Date.now()": () => Date.now(),
  "Math.floor(i / 3)": (i: number) => Math.floor(i / 3),
  "Math.random()": () => Math.random(),
};

const text = `export default class Uses {
  use(name: string): number {
    let sum = 0;
    switch (name) {
${Object.keys(expressions)
  .map((each) => `      case ${JSON.stringify(each)}: for (let i = 0; i < ${uses}; i++) sum += ${each}; break;`)
  .join("\n")}
    }
    return sum;
  }
}
`;

function nanoseconds(run: () => void): number {
  const began = process.cpuUsage();
  run();
  return (process.cpuUsage(began).user * 1000) / uses;
}

export const standIns: Benchmark = {
  name: "stand-ins",
  goal: "clock and chance of a thread, in place of the language's own",
  async run() {
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    try {
      writeFileSync(join(directory, "uses.ts"), text);
      const type = (await loadClass(join(directory, "uses.ts"))) as new () => { use(name: string): number };
      const module = new type();
      const world = new World({ seed: "stand-ins" });
      const rows: Row[] = [];
      const measured = new Stage(world).client("client").thread(() => {
        for (const [what, own] of Object.entries(expressions)) {
          const [ours, theirs]: [number[], number[]] = [[], []];
          for (let round = 0; round < rounds; round++) {
            ours.push(nanoseconds(() => module.use(what)));
            let sum = 0;
            theirs.push(
              nanoseconds(() => {
                for (let i = 0; i < uses; i++) sum += own(i);
              }),
            );
            if (Number.isNaN(sum)) throw new Error(what);
          }
          const [value, peer] = [median(ours), median(theirs)];
          rows.push({ what, value, unit: "ns", peer: { name: "the language's", value: peer, ratio: value / peer } });
        }
      });
      await world.run();
      await measured;
      return rows;
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};
