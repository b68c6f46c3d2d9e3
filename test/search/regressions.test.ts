/** Schedules that the search found and shrank when the protocols did not survive them. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "../../search/run.ts";
import { readSchedule } from "../../search/schedule.ts";

const directory = fileURLToPath(new URL("../../../test/search/regressions/", import.meta.url));

describe("schedules that the protocols did not survive once", () => {
  for (const file of readdirSync(directory).sort((a, b) => (a < b ? -1 : 1))) {
    it(file.replace(".json", "").replaceAll("-", " "), async () => {
      const { violations } = await run(readSchedule(readFileSync(directory + file, "utf8"), file));
      assert.deepEqual(violations, []);
    });
  }
});
