import assert from "node:assert/strict";
import { loadExperiment } from "../../harness/load.ts";
import { experimentNames, findExperiment } from "../../harness/sources.ts";
import { questionOf } from "../../harness/questions.ts";

describe("the questions of the experiments", () => {
  it("are those that the experiments ask, though none is loaded for them", async () => {
    const asked = await Promise.all(experimentNames().map(questionOf));
    const experiments = await Promise.all(experimentNames().map((name) => loadExperiment(findExperiment(name))));
    assert.deepEqual(
      asked.map(({ question, reproduces }) => [question, reproduces]),
      experiments.map(({ question, reproduces }) => [question, reproduces]),
    );
  });
});
