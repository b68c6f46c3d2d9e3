/** Histories that are written by a run and read again; and files that are no histories. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formOf, historyText } from "../../../harness/report/history.ts";
import { readHistory } from "../../../harness/import/history.ts";
import type { Transaction } from "../../../sim/checkers/history/history.ts";
import { captured } from "./captured.ts";

describe("histories in files", () => {
  let directory: string;
  before(() => (directory = mkdtempSync(join(tmpdir(), "histories-"))));
  after(() => rmSync(directory, { recursive: true }));
  const inside = (name: string): string => join(directory, name);

  async function check(text: string, name = "given.edn", ...options: string[]) {
    writeFileSync(inside(name), text);
    return captured(["check-history", inside(name), ...options]);
  }

  const run = (...words: string[]) => captured(["run", ...words, "--replication", "0", "--quiet"]);
  const conflict = ["commit-conflict", "--rounds", "5", "--transactions", "3"];

  it("are written by a run in each form, and judged alike when they are read", async () => {
    for (const [name, ...options] of [["a.edn"], ["a.jsonl"], ["k.edn", "--history-form", "knossos"]]) {
      const { status, err } = await run(...conflict, "--history", inside(name!), ...options);
      assert.equal(err, "");
      assert.equal(status, 0);
      const judged = await captured(["check-history", inside(name!), "--initial", "0"]);
      assert.equal(judged.status, 0, judged.out + judged.err);
      assert.match(
        judged.out,
        /: 15 (transactions|calls) of 1 object: (serializable, in an order that respects real time|linearizable)\.\n$/,
      );
    }
    assert.match(
      readFileSync(inside("a.edn"), "utf8"),
      /^\{:index 0, :type :invoke, :process 0, :f :txn, :value \[\[:r "register" nil\] \[:append "register" \d+\]\]\}\n/,
    );
    assert.match(
      readFileSync(inside("k.edn"), "utf8"),
      /:type :ok, :process \d, :f :txn, :value \[\[:read "register" 0\] \[:write "register" 1\]\]\}/,
    );
  });

  it("show what a run without an ordering did", async () => {
    await run("divergence", "--pairs", "50", "--history", inside("parted.edn"));
    const { status, out, err } = await captured(["check-history", inside("parted.edn")]);
    assert.equal(status, 1);
    assert.match(
      out,
      /^incompatible order: element \d+ of journal is "\d+[ab]" in what the transaction of lines 20\d to 20\d read/,
    );
    assert.match(err, /103 transactions of 1 object: 1 violation\.$/m);
  });

  it("tell the anomaly of transactions", async () => {
    const skew =
      "{:process 0, :type :invoke, :f :txn, :value [[:r :x nil] [:w :y 1]]}\n" +
      "{:process 1, :type :invoke, :f :txn, :value [[:r :y nil] [:w :x 1]]}\n" +
      "{:process 0, :type :ok, :f :txn, :value [[:r :x nil] [:w :y 1]]}\n" +
      "{:process 1, :type :ok, :f :txn, :value [[:r :y nil] [:w :x 1]]}\n";
    const { status, out } = await check(skew);
    assert.equal(status, 1);
    assert.match(
      out,
      /^G2, write skew: the transaction of lines 1 to 3 read x before the transaction of lines 2 to 4 wrote it \(rw\)/,
    );
    assert.equal((await check(`[${skew}]`)).out, out);
  });

  it("of one register are linearizable or not, with compare-and-set and calls without an end", async () => {
    const line = (process: number, type: string, f: string, value: string): string =>
      `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}\n`;
    const begin = line(0, "invoke", "write", "3") + line(1, "invoke", "read", "nil") + line(0, "info", "write", "3");
    const nemesis = "{:process :nemesis, :type :info, :f :start, :value nil}\n";
    const good = await check(
      begin + nemesis + line(1, "ok", "read", "3") + line(2, "invoke", "cas", "[3 4]") + line(2, "ok", "cas", "[3 4]"),
    );
    assert.equal(good.status, 0, good.out + good.err);
    assert.match(good.out, /: 3 calls of 1 object: linearizable\.\n$/);
    const bad = await check(begin + line(1, "ok", "read", "5"));
    assert.equal(bad.status, 1);
    assert.match(
      bad.out,
      /the register is not linearizable: no order of its calls explains the answer to the read of lines 2 to 4/,
    );
    assert.equal(
      (await check(line(1, "invoke", "read", "nil") + line(1, "ok", "read", "0"), "zero.edn", "--initial", "0")).status,
      0,
    );
  });

  it("whose real time does not count can be judged so", async () => {
    const stale = [1, 2].map(
      (n) =>
        `{:process ${n}, :type :invoke, :f :txn, :value [${n === 1 ? "[:append :x 1]" : "[:r :x nil]"}]}\n{:process ${n}, :type :ok, :f :txn, :value [${n === 1 ? "[:append :x 1]" : "[:r :x []]"}]}\n`,
    );
    assert.match((await check(stale.join(""))).out, /in real time: /);
    assert.match((await check(stale.join(""), "given.edn", "--no-real-time")).out, /: serializable\.\n$/);
  });

  const whole = "{:process 0, :type :invoke, :f :txn, :value [[:append 5 1]]}\n";
  const call = '{"client":0,"object":"x","input":[["read"]],"output":[null],"call":0,"return":1}\n';
  const refused: readonly (readonly [what: string, text: string, sentence: RegExp])[] = [
    ["nothing", "\n", /: there are no operations in it\.$/m],
    [
      "a line that is cut off",
      whole + whole.slice(0, 40),
      /, line 2: it is cut off, or no operation; expected a whole one in a line, as \{:process 0,/,
    ],
    ["a list that is cut off", `[${whole}`, /, line 1: the list of operations is cut off\.$/m],
    [
      "a call that is cut off",
      call + call.slice(0, 30),
      /, line 2: it is cut off, or no JSON; expected a whole call in a line, as \{"client":0/,
    ],
    ["a line that is no operation", "{:a 1}\n", /, line 1: it is no operation; expected :process and :type/],
    ["JSON that is no call", '{"a":1}\n', /, line 1: it is no call of an object/],
    [
      "an end without a beginning",
      whole.replace(":invoke", ":ok"),
      /, line 1: process 0 ends an operation that it has not begun/,
    ],
    ["two beginnings", whole + whole, /, line 2: process 0 begins an operation while that of line 1 is under way/],
    [
      "an unknown access",
      whole.replace(":append", ":push"),
      /, line 1: access "push" is not known; expected :r, :read, :w, :write or :append/,
    ],
    [
      "an unknown operation",
      whole.replace(":txn", ":dequeue").replace("[[:append 5 1]]", "3"),
      /:f "dequeue" with :value 3 is not known/,
    ],
    [
      "a value that is written twice",
      (whole + whole.replace(":invoke", ":ok")).repeat(2),
      /given\.edn: the transaction of lines 1 to 2 and the transaction of lines 3 to 4 both write 1 to 5/,
    ],
  ];
  for (const [what, text, sentence] of refused) {
    it(`cannot be read from ${what}`, async () => {
      const { status, out, err } = await check(text);
      assert.match(err, sentence);
      assert.equal(status, 2);
      assert.equal(out, "");
      assert.equal(err.trimEnd().split("\n").length, 1);
    });
  }

  it("need a file that is there", async () => {
    assert.match((await captured(["check-history", inside("none.edn")])).err, /none\.edn: there is no such file\.$/m);
    assert.match((await captured(["check-history"])).err, /name a file/);
  });

  it("are refused as --history where they cannot be written, before anything runs", async () => {
    const cases: readonly (readonly [words: readonly string[], sentence: RegExp])[] = [
      [
        ["--history", inside("x.txt")],
        /the extension says no form; expected \.edn \(Elle\), \.jsonl \(Porcupine\), or --history-form\./,
      ],
      [
        ["--history", inside("x.edn"), "--history-form", "knosos"],
        /--history-form takes one of elle, knossos, porcupine, not "knosos"\. Did you mean knossos\?/,
      ],
      [["--history-form", "elle"], /--history-form goes with --history FILE\./],
    ];
    for (const [words, sentence] of cases) {
      const { status, err } = await run(...conflict, ...words);
      assert.match(err, sentence);
      assert.equal(status, 2);
    }
    const { status, err } = await captured(["run", ...conflict, "--history", inside("x.edn")]);
    assert.deepEqual([status, err], [2, "troupe: --history goes with --replication.\n"]);
    const without = await run("call-cost", "--history", inside("x.edn"));
    assert.match(without.err, /call-cost keeps no history\.$/m);
    assert.equal(without.status, 2);
    assert.ok(!existsSync(inside("x.edn")));
  });

  it("have lists for Elle, and neither lists nor mixtures where a form has no words for them", () => {
    const transaction = (accesses: Transaction["accesses"]): Transaction => ({
      process: "c",
      name: "t",
      outcome: "committed",
      accesses,
      begun: 0,
      ended: 1,
      time: 0,
    });
    const list = transaction([{ kind: "append", object: "x", value: 1 }]);
    const register = transaction([{ kind: "write", object: "y", value: 1 }]);
    assert.throws(() => historyText([list, register], "elle"), /has registers besides lists or counters/);
    assert.throws(() => historyText([list], "knossos"), /has lists, and Knossos has no model of them/);
    assert.match(historyText([register], "elle"), /\[:w "y" 1\]/);
    assert.equal(formOf("a.txt", "porcupine"), "porcupine");
  });

  it("keep what is not known: calls without an end, and increments that only show", () => {
    const history: Transaction[] = [
      {
        process: "a",
        name: "lost",
        outcome: "unknown",
        accesses: [{ kind: "increment", object: "x", value: undefined }],
        begun: 0,
        ended: Infinity,
        time: 0,
      },
      {
        process: "a",
        name: "later",
        outcome: "committed",
        accesses: [{ kind: "increment", object: "x", value: 2 }],
        begun: 1,
        ended: 2,
        time: 0,
      },
    ];
    const elle = historyText(history, "elle");
    assert.equal(elle.trimEnd().split("\n").length, 4);
    assert.match(elle, /:type :info, :process 0, :f :txn, :value \[\[:r "x" nil\] \[:append "x" 1\]\]\}\n$/);
    assert.equal(readHistory(elle, "e", { initial: null }).transactions.length, 2);
    const [first] = historyText(history, "porcupine").split("\n");
    assert.equal(
      first,
      '{"client":0,"name":"lost","object":"x","input":[["increment"]],"output":null,"call":0,"return":9223372036854775807}',
    );
    assert.equal(
      readHistory(historyText(history, "porcupine"), "p", { initial: null }).transactions[0]!.ended,
      Infinity,
    );
  });
});
