/** `troupe configure` from the command line: what it prints for programs, and what it refuses. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captured, type Captured } from "./captured.ts";

describe("troupe configure", () => {
  const directory = mkdtempSync(join(tmpdir(), "troupe-configure-"));
  const files = {
    "machines.csv": "name,building,price\na1,A,3\na2,A,1\nb1,B,2\nc1,C,9\n",
    "bank.troupe":
      "troupe bank (x, y)\nwhere x.building != y.building\ncollator quorum 2\nreplace delayed 10m\nminimize x.price + y.price\n",
    "none.troupe": 'troupe bank (x, y)\nwhere x.price < 5\n  and x.building = "C"\n  and y.building = "A"\n',
    "hard.troupe": "troupe (x, y, z) maximize x.price * y.price mod z.price",
  };
  const home = process.cwd();
  before(() => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    process.chdir(directory);
  });
  after(() => {
    process.chdir(home);
    rmSync(directory, { recursive: true });
  });

  const configure = (...words: string[]): Promise<Captured> => captured(["configure", ...words]);
  const onTable = ["--machines", "machines.csv"];

  it("prints the placement as a document, with what is kept and dropped", async () => {
    const { status, out } = await configure(
      "solve",
      "bank.troupe",
      ...onTable,
      "--present",
      "a1,c1,a2",
      "--without",
      "b1",
      "--json",
    );
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(out), {
      placement: { x: "a2", y: "c1" },
      kept: ["a2", "c1"],
      dropped: ["a1"],
      objectives: [{ objective: "minimize x.price + y.price", value: 10 }],
    });
  });

  it("prints a conflict as a document, and status 1", async () => {
    const { status, out } = await configure("solve", "none.troupe", ...onTable, "--json");
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(out), {
      placement: null,
      conflict: [
        { text: "x.price < 5", file: "none.troupe", line: 2, column: 7 },
        { text: 'x.building = "C"', file: "none.troupe", line: 3, column: 7 },
      ],
    });
  });

  it("says what is stated beside the formula", async () => {
    assert.deepEqual(await configure("check", "bank.troupe", ...onTable), {
      status: 0,
      out: "bank.troupe: 2 members (x, y), 2 conditions, on 4 machines of machines.csv; collator quorum 2, ordering none, replace delayed 10m.\n",
      err: "",
    });
  });

  it("gives up with a sentence, and status 1", async () => {
    const { status, err } = await configure("solve", "hard.troupe", ...onTable, "--effort", "50");
    assert.equal(status, 1);
    assert.match(err, /^troupe: hard\.troupe: the search gave up after 50 steps; .* --effort allows more; .*\.\n$/);
  });

  const refusals: readonly (readonly [words: readonly string[], sentence: string])[] = [
    [["solv", "bank.troupe", ...onTable], "configure has no action solv. Did you mean solve?"],
    [
      ["solve", "bank.troupe"],
      "configure needs the table of machines: troupe configure solve bank.troupe --machines FILE.",
    ],
    [["solve", "no.troupe", ...onTable], "there is no file no.troupe."],
    [["solve", "bank.troupe", "--machines", "no.csv"], "there is no file no.csv, which --machines names."],
    [
      ["solve", "bank.troupe", ...onTable, "--present", "a3"],
      '--present: machines.csv has no machine "a3". Did you mean a1?',
    ],
    [
      ["solve", "bank.troupe", ...onTable, "--present", "a1", "--without", "a1"],
      '"a1" is named by --present and by --without.',
    ],
    [["solve", "bank.troupe", ...onTable, "--effort", "0"], '--effort takes a whole number of at least 1, not "0".'],
    [["solve", "bank.troupe", ...onTable, "--wthout", "a1"], "there is no option --wthout. Did you mean --without?"],
  ];
  for (const [words, sentence] of refusals) {
    it(`refuses: ${sentence}`, async () => {
      assert.deepEqual(await configure(...words), { status: 2, out: "", err: `troupe: ${sentence}\n` });
    });
  }
});
