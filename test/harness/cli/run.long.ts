/** Runs of what takes longer: rare outages, and several experiments at once. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";
import { assertSameFiles } from "./same-files.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));

describe("a long run", function () {
  // Worker threads: which of them is ahead is the system's to say.
  this.retries(2);
  this.timeout(60_000);
  inNewDirectory();

  it("lets members fail oftener, and writes the same bytes of rare outages on one worker or two", async () => {
    const words = [
      "run",
      "nines",
      "--members",
      "2,3",
      "--cycles",
      "1",
      "--replications",
      "2",
      "--no-charts",
      "--no-check",
    ];
    const one = await captured([...words, "--workers", "1", "--out", "rare one"]);
    const two = await captured([...words, "--workers", "2", "--out", "rare two"]);
    assert.equal(one.status, 0, one.err);
    assert.equal(two.status, 0, two.err);
    assertSameFiles("rare one", "rare two");
  });

  it("demonstrates: a table, a report, and status 1 if a verdict fails", async () => {
    const good = await captured([
      "demo",
      fixture("machines"),
      fixture("round-trips"),
      "--workers",
      "1",
      "--out",
      "good",
    ]);
    const bad = await captured(["demo", fixture("stubborn"), "--out", "bad"]);
    assert.equal(good.status, 0, good.err);
    assert.match(
      good.out,
      /\nround-trips +members 3 +latency +1[78]\.\d+ ms +[\d.]+ to [\d.]+ +18\.33 +[-+][\d.]+% +agrees\n/,
    );
    const report = readFileSync("good/report.html", "utf8");
    assert.equal(report.match(/<img alt="[^"]+" loading="lazy" src="data:image\/svg\+xml,/g)?.length, 2);
    assert.match(report, /<td>18\.33<td>/);
    assert.match(report, /<td>r \* H_n and r \/ n<td>round-trips<td><span class="badge reproduced">reproduced</);
    assert.equal(bad.status, 1);
    assert.match(bad.out, /stubborn +one +1 +exact +2 +-50\.0% +differs/);
    assert.equal(bad.err, "troupe: 1 of 1 figures do not agree with theory: stubborn: one.\n");
  });

  it("demonstrates in no directory that has rows of another command", async () => {
    const ran = await captured(["run", fixture("round-trips"), "--replications", "2", "--out", "mine/round-trips"]);
    assert.equal(ran.status, 0, ran.err);
    const rows = readFileSync("mine/round-trips/rows.csv", "utf8");
    const demo = await captured(["demo", fixture("machines"), fixture("round-trips"), "--out", "mine"]);
    assert.equal(demo.status, 2);
    assert.match(
      demo.err,
      /^troupe: mine\/round-trips holds replications of troupe run .*: the demo drops what is there; use another --out\.\n$/,
    );
    assert.equal(readFileSync("mine/round-trips/rows.csv", "utf8"), rows);
    assert.equal(existsSync("mine/machines"), false);
  });
});
