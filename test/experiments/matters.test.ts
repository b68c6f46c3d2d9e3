/** What experiments say of parameters without effect: a row is the same whatever their values. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Experiment } from "../../harness/experiment.ts";
import { matters } from "../../harness/matters.ts";
import { loadExperiment } from "../../harness/load.ts";
import { experimentNames, findExperiment } from "../../harness/sources.ts";
import { packageRoot } from "../../harness/package-root.ts";
import type { Parameter, Plain } from "../../harness/parameters.ts";
import { cellsOf, settingGrid, type Cell } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";

type Small = Readonly<Record<string, number | string>>;

const trace = { trace: join(packageRoot, "data/lanl-failures.csv"), system: "20" };

/** Small settings, which together are without effect for every parameter that has a rule. */
const small = (directory: string): Readonly<Record<string, readonly Small[]>> => ({
  availability: [
    { horizon: "20h", calls: 2 },
    { calls: 2, ...trace },
  ],
  "call-latency": [{ calls: 20 }, { calls: 20, network: join(directory, "network.csv") }],
  configuration: [{ horizon: "300h", calls: 2, configuration: join(directory, "bank.troupe") }],
  detection: [{ life: "5s", crashes: 1 }],
  nines: [
    { members: 2, cycles: 2 },
    { members: 2, cycles: 2, policy: "threshold" },
  ],
  partition: [{ cut: "8s", rate: 1 }],
  replacement: [
    ...["eager", "periodic", "none"].map((policy) => ({ members: 2, horizon: "1h", calls: 2, policy })),
    { members: 2, calls: 2, ...trace },
  ],
});

const delays = "one-way ms,a,b,c,d\na,0.1,2,3,4\nb,2,0.1,5,6\nc,3,5,0.1,7\nd,4,6,7,0.1\n";

/** Other values than one. */
function othersOf(parameter: Parameter, than: Plain): Plain[] {
  const { options, default: standard } = parameter;
  const values = options.length > 0 ? options : [2, 0.5, 1.5, 1].map((factor) => Number(standard) * factor);
  return values.filter((value) => value !== than && parameter.accepts(value));
}

describe("a parameter that is said to have no effect", function () {
  this.timeout(120_000);
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "troupe-"));
    writeFileSync(join(directory, "network.csv"), delays);
    writeFileSync(join(directory, "bank.troupe"), "troupe (a, b) where a.rack != b.rack\n");
  });
  after(() => rmSync(directory, { recursive: true }));

  const cellOf = (experiment: Experiment, setting: Small): Cell =>
    cellsOf(experiment, [settingGrid(experiment.parameters, setting)])[0]!;

  const rulesOf = async (name: string): Promise<readonly string[]> =>
    Object.keys((await loadExperiment(findExperiment(name))).matters ?? {});

  it("is tried in all experiments that have such parameters", async () => {
    const named: string[] = [];
    for (const name of experimentNames()) if ((await rulesOf(name)).length > 0) named.push(name);
    assert.deepEqual(named, Object.keys(small("")));
  });

  for (const name of Object.keys(small(""))) {
    it(`has none in ${name}`, async () => {
      const experiment = await loadExperiment(findExperiment(name));
      const seen = new Set<string>();
      for (const setting of small(directory)[name]!) {
        const cell = cellOf(experiment, setting);
        const row = await replicate(experiment, cell, "idle", 0);
        for (const rule of Object.keys(experiment.matters!)) {
          if (matters(experiment, rule, [{ parameters: cell }])) continue;
          seen.add(rule);
          const cells = othersOf(experiment.parameters[rule]!, cell[rule]!).map((value) => ({
            ...cell,
            [rule]: value,
          }));
          // What is refused is not shown either.
          const other = cells.find((each) => (experiment.refuse?.(each) ?? null) === null);
          if (other !== undefined) assert.deepEqual(await replicate(experiment, other, "idle", 0), row, rule);
        }
      }
      assert.deepEqual([...seen].toSorted(), (await rulesOf(name)).toSorted(), "each rule is tried");
    });
  }
});
