/**
 * A mutant replaces a text of the compiled protocols. Whoever changes the protocols learns here which mutants must
 * follow.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mutants } from "../../search/mutants/all.ts";

describe("mutants of the protocols", () => {
  it("have their places in the protocols, all of them", () => {
    for (const { name, ...first } of mutants) {
      for (const { file, find } of [first, ...(first.also ?? [])]) {
        const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
        assert.equal(source.split(find).length - 1, 1, `${name}: "${find}" in ${file}`);
      }
    }
  });
});
