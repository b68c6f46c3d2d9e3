/** A user's class in place of an experiment's built-in program. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import availability from "../../experiments/availability.ts";
import partition from "../../experiments/partition.ts";
import reconfiguration from "../../experiments/reconfiguration.ts";
import replacement from "../../experiments/replacement.ts";
import type { Experiment } from "../../harness/experiment.ts";
import type { Row } from "../../harness/plan/row.ts";
import { replicate } from "../../harness/run/replicate.ts";
import { refusalOfService, serviceOf } from "../../harness/service.ts";

const module = fileURLToPath(new URL("../../../examples/bank.ts", import.meta.url));

function run(experiment: Experiment, given: Readonly<Record<string, string | number>>): Promise<Row> {
  const defaults = Object.entries(experiment.parameters).map(([name, parameter]) => [name, parameter.default]);
  const cell = { ...Object.fromEntries(defaults), module, ...given } as Parameters<typeof replicate>[1];
  return replicate(experiment, cell, "module", 0);
}

describe("an experiment with a user's class", function () {
  this.timeout(60_000);

  it("says in a sentence what cannot be called", async () => {
    const sentenceOf = (call: string): Promise<string> =>
      serviceOf({ module, call }).then(
        () => "none",
        (error: Error) => error.message.replace(module, "bank.ts"),
      );
    assert.deepEqual(await Promise.all(["deposit alice 1", "", "depsit alice 1"].map(sentenceOf)), [
      "none",
      "bank.ts: every method of Bank takes arguments: --call 'METHOD ARGUMENTS' says what is called.",
      "bank.ts: Bank has no method depsit, which --call names. Did you mean deposit?",
    ]);
    assert.match(refusalOfService({ module: "", call: "deposit" })!, /^call "deposit" without a module/);
  });

  const call = "deposit alice 1";
  const hour = 3_600_000;

  it("is available as the built-in program is", async () => {
    const { observations } = await run(availability as unknown as Experiment, {
      call,
      horizon: 50 * hour,
      calls: 50,
    });
    const { observations: builtIn } = await run(availability as unknown as Experiment, { module: "", horizon: 50 * hour, calls: 50 }); // prettier-ignore
    assert.deepEqual(observations, builtIn);
  });

  it("takes a method that raises an error for answered", async () => {
    const given = { call: "withdraw alice 1", horizon: 20 * hour, calls: 20, lifetime: 1000 * hour };
    const { observations } = await run(availability as unknown as Experiment, given);
    assert.deepEqual([observations["callFailures"]].flat().slice(0, 2), [0, 20]);
  });

  it("is replaced, cut off and extended by a member", async () => {
    const replaced = await run(replacement as unknown as Experiment, { call, members: 2, horizon: 20 * hour });
    assert.ok([replaced.observations["replacements"]].flat()[0]! > 0);
    const cut = await run(partition as unknown as Experiment, { call });
    assert.deepEqual(cut.observations["diverged"], [0, 1]);
    const joined = await run(reconfiguration as unknown as Experiment, { call, load: 50 });
    assert.ok((joined.observations["changeTime"] as number) > 0);
  });
});
