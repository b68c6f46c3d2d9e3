/** The experiment at one setting: what it measures lies where theory says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { replicate } from "troupe/harness/run/replicate";
import experiment from "./wrong-members.ts";

void test("a majority of three lets through what theory says", async () => {
  const setting = { members: 3, wrong: 0.2, calls: 2000 };
  const { observations } = await replicate(experiment, setting, "a seed", 0);
  const [wrong = 0, calls = 0] = [observations["wrongAnswers"]].flat();
  const expected = 3 * 0.2 ** 2 * 0.8 + 0.2 ** 3;
  const error = Math.sqrt((expected * (1 - expected)) / calls!);
  assert.ok(Math.abs(wrong! / calls! - expected) < 3 * error, `${wrong} of ${calls}, and not ${expected} of them`);
});
