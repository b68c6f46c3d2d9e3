import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../harness/package-root.ts";
import { BadData } from "../../../sim/bad-data.ts";
import { commandLine } from "../../../harness/cli/command-line.ts";
import { inNewDirectory } from "./new-directory.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));
const machines = fixture("machines");
const bank = join(packageRoot, "examples/bank.ts");
const roundTrips = fixture("round-trips");

const lanl = ["--trace", "data/lanl-failures.csv", "--system", "20", "--nodes", "512"];

describe("words that cannot be used are refused in one sentence, and nothing is written", () => {
  inNewDirectory(true);

  const refused: [words: string[], sentence: string | RegExp][] = [
    [["rnu", "x"], "there is no command rnu. Did you mean run?"],
    [
      ["frobnicate"],
      "there is no command frobnicate. There are list, run, sweep, coverage, merge, worker, chart, table, replay, verify, compare, report, trace, demo, import, configure, manage, ringmaster, check, check-history, serve, call, stubs, fuzz, explore, new.",
    ],
    [["explore", "--protocol", "comit"], '--protocol takes commit or broadcast, not "comit". Did you mean commit?'],
    [["explore", "--members", "6"], '--members takes a whole number from 1 to 5, not "6".'],
    [["explore", "--crashs", "1"], "there is no option --crashs. Did you mean --crashes?"],
    [["explore", "--replay", "nowhere.json"], /nowhere\.json/],
    [["explore", "--mutant", "nothing"], /^--mutant: there is no mutant "nothing"\./],
    [["serve", bank, "--name", "bank", "--pid", "/dev/null/pid"], /^--pid \/dev\/null\/pid: /],
    [["run"], /^name an experiment: troupe run NAME\. There are .+\.$/],
    [["sweep", "--members", "3"], /^name an experiment: troupe sweep NAME\. There are .+\.$/],
    [["run", "no-such-experiment"], /^there is no experiment no-such-experiment\. /],
    [["run", "./nowhere.ts"], "there is no file ./nowhere.ts."],
    [["run", machines, "--membres", "3"], "machines has no parameter or option --membres. Did you mean --members?"],
    [["run", machines, "--member", "3"], "machines has no parameter or option --member. Did you mean --members?"],
    [["run", machines, "--replicatons", "3"], /--replicatons\. Did you mean --replications\?$/],
    [
      ["run", machines, "--q2", "3"],
      /^machines has no parameter or option --q2\. It has --members, --lifetime, .*--version\.$/,
    ],
    [["run", machines, "3"], '"3" is one word too many: parameters are given as --name value.'],
    [["run", machines, "--members", "x"], '--members takes a whole number from 1 to 9, not "x".'],
    [["run", machines, "--members", "0"], '--members takes a whole number from 1 to 9, not "0".'],
    [["run", machines, "--members", "2.5"], '--members takes a whole number from 1 to 9, not "2.5".'],
    [["run", machines, "--members=-1"], '--members takes a whole number from 1 to 9, not "-1".'],
    [["run", machines, "--members"], "--members needs a value: a whole number from 1 to 9."],
    [["run", machines, "--members", "--lifetime", "1h"], "--members needs a value: a whole number from 1 to 9."],
    [["run", machines, "--members", "5..1"], "--members 5..1 runs backwards: the smaller end comes first."],
    [["run", machines, "--lifetime", "1h..2h"], "--lifetime 1h..2h needs a step, as in 1h..2h:6m."],
    [
      ["run", machines, "--lifetime", "soon"],
      '--lifetime takes a duration of at least 1s, such as 400s, 6m40s or 250ms, not "soon".',
    ],
    [
      ["run", roundTrips, "--collator", "majorty"],
      '--collator takes one of unanimous, first-come, majority, not "majorty". Did you mean majority?',
    ],
    [["run", roundTrips, "--loss", "1.5"], '--loss takes a number from 0 to 0.9, not "1.5".'],
    [["run", roundTrips, "--fail", "maybe"], '--fail takes true or false, not "maybe".'],
    [["run", roundTrips, "--table", "no.csv"], "--table no.csv: there is no such file."],
    [["run", roundTrips, "--table", "/"], "--table /: that is a directory."],
    [
      ["run", "availability", "--members", "3", "--troupes", "200", ...lanl],
      "600 members on different nodes of the trace: expected at most 512",
    ],
    [
      ["run", "replacement", "--racks", "2", ...lanl],
      "racks 2 with a trace: expected 0, as the trace says what fails together",
    ],
    [
      ["run", "replacement", ...lanl.slice(0, 2), "--system", "9"],
      'trace of outages: there is no system "9"; expected one of 18, 20.',
    ],
    [["run", roundTrips, "--members", "13"], "thirteen members bring bad luck."],
    [["run", machines, "--seed"], "--seed needs a value."],
    [["run", machines, "--seed", "1", "--seed", "2"], "--seed is given twice."],
    [["run", machines, "--replications", "0"], '--replications takes a whole number of at least 1, not "0".'],
    [["run", machines, "--replications", "many"], '--replications takes a whole number of at least 1, not "many".'],
    [["run", machines, "--workers", "-2"], '--workers takes a whole number of at least 1, not "-2".'],
    [["run", machines, "--precision", "0"], '--precision takes a number above 0, such as 0.02 or 2%, not "0".'],
    [["run", machines, "--precision", "tight"], '--precision takes a number above 0, such as 0.02 or 2%, not "tight".'],
    [["run", machines, "--max-replications", "9"], "--max-replications goes with --precision."],
    [["run", machines, "--replication", "x"], '--replication takes a whole number of at least 0, not "x".'],
    [["run", machines, "--events", "x"], "--events goes with --replication."],
    [
      ["run", machines, "--replication", "0", "--events", "no/where"],
      "--events no/where: it cannot be written (ENOENT).",
    ],
    [
      ["run", machines, "--replication", "1", "--members", "1,2"],
      "--replication runs one cell, and these parameters make 2.",
    ],
    [
      ["run", machines, "--members", "1,2", "--compare", "membres"],
      "--compare membres: machines has no such parameter. Did you mean members?",
    ],
    [
      ["run", machines, "--members", "1,2", "--compare", "lifetime"],
      "--compare lifetime needs two values of lifetime or more, not just 1h.",
    ],
    [["run", machines, "--compare"], "--compare needs a value."],
    [["coverage"], /^name an experiment: troupe coverage NAME\. There are .+\.$/],
    [["coverage", machines, "--campains", "3"], /--campains\. Did you mean --campaigns\?$/],
    [["coverage", machines, "--campaigns", "0"], '--campaigns takes a whole number of at least 1, not "0".'],
    [["coverage", machines, "--out", "x"], /^machines has no parameter or option --out\./],
    [
      ["coverage", roundTrips, "--loss", "0,0.1"],
      "round-trips has no model for loss 0.1: nothing says what its intervals should contain.",
    ],
    [
      ["coverage", fixture("estimates"), "--no-isKnown"],
      "estimates has no model for is known false: nothing says what its intervals should contain.",
    ],
    [
      ["coverage", fixture("estimates"), "--no-holds"],
      "the model of estimates does not hold for holds false: it assumes that all is well.",
    ],
    [["run", machines, "--resume", "--overwrite"], "--resume and --overwrite contradict each other."],
    [["run", machines, "--rerun", "failed", "--out", "x", "--overwrite"], "x: there is no such directory."],
    [["run", machines, "--rerun", "all"], '--rerun takes "failed", not "all".'],
    [
      ["run", machines, "--rerun", "failed"],
      "--rerun failed needs the directory whose failures are run again: --out DIR.",
    ],
    [["run", machines, "--rerun", "failed", "--out", "nowhere"], "nowhere: there is no such directory."],
    [
      ["run", machines, "--rerun", "failed", "--out", "."],
      ". has no manifest.json and no journal: nothing was run there.",
    ],
    [["run", machines, "--accept-changes"], "--accept-changes goes with --resume."],
    [["run", machines, "--keep-going", "--fail-fast"], "--keep-going and --fail-fast contradict each other."],
    [
      ["run", machines, "--members", "3", "--members", "5"],
      "--members is given twice: several values are one list, --members 3,5.",
    ],
    [["run", machines, "--members", "-1"], '--members takes a whole number from 1 to 9, not "-1".'],
    [
      ["run", machines, "--lifetime", "-1h"],
      '--lifetime takes a duration of at least 1s, such as 400s, 6m40s or 250ms, not "-1h".',
    ],
    [
      ["run", machines, "--transitions", "9007199254740993"],
      "--transitions 9007199254740993 is beyond 2^53, where whole numbers are no longer exact.",
    ],
    [
      ["run", machines, "--precision", "2"],
      "--precision 2 is 200% of the figure, which tells nothing. Did you mean 2%?",
    ],
    [["run", machines, "--precision", "300%"], "--precision 300% is 300% of the figure, which tells nothing."],
    [
      ["run", machines, "--replications", "40", "--precision", "5%", "--max-replications", "1"],
      "--max-replications 1 is less than the 40 replications that a cell begins with.",
    ],
    [["run", machines, "--precision-of", "failures"], "--precision-of goes with --precision."],
    [
      ["run", machines, "--precision", "5%", "--precision-of", "failure"],
      "--precision-of failure: machines has no such measure. Did you mean failures?",
    ],
    [["run", machines, "--timeout", "soon"], '--timeout takes a duration above 0, such as 10s or 250ms, not "soon".'],
    [["run", machines, "--shard", "4/4"], '--shard takes i/n with i from 0 to n-1, such as 0/4, not "4/4".'],
    [["run", machines, "--shard", "1"], '--shard takes i/n with i from 0 to n-1, such as 0/4, not "1".'],
    [["run", machines, "--preset", "small"], "--preset small: machines has no such preset. It has none."],
    [
      ["run", machines, "--set", "members"],
      "--set 'members': expected parameter=value instead of \"members\", as in 'members=3 lifetime=1h'.",
    ],
    [["run", machines, "--set", "membres=3"], /machines has no parameter membres\. Did you mean members\?$/],
    [["sweep", machines, "--where", "members > 7"], "--where 'members > 7' leaves no cell."],
    [["run", machines, "--where", "membres > 7"], /there is no parameter membres\. Did you mean members\?$/],
    [["run", machines, "--config", "no.yaml"], "--config no.yaml: there is no such file."],
    [["sweep", "--config", "no.yaml"], "--config no.yaml: there is no such file."],
    [["merge"], "name where to write and what to put together: troupe merge OUT DIR..."],
    [["merge", "out"], "name where to write and what to put together: troupe merge OUT DIR..."],
    [["merge", "out", "nowhere"], "nowhere: there is no such directory."],
    [["run", machines, "--out", "/dev/null"], "--out /dev/null: that is not a directory."],
    [["run", machines, "--out", "/dev/null/x"], "--out /dev/null/x: that is not a directory."],
    [["run", machines, "--out", "/proc/no/where"], "--out /proc/no/where: there is no such directory."],
    [["chart"], "name a directory: troupe chart DIR."],
    [["chart", "nowhere"], "nowhere: there is no such directory."],
    [["chart", "/dev/null"], "/dev/null: that is not a directory."],
    [["chart", "."], ". has no manifest.json: it is not the directory of a finished run."],
    [["chart", ".", "--style", "x"], "there is no option --style."],
    [["chart", ".", "x"], '"x" is one word too many: parameters are given as --name value.'],
    [["list", "all"], '"all" is one word too many: parameters are given as --name value.'],
    [["demo", "--sed", "1"], "there is no option --sed. Did you mean --seed?"],
    [["serve", "nowhere.ts"], "serve needs the troupe's name: troupe serve nowhere.ts --name NAME."],
    [["serve", "nowhere.ts", "--name", "x"], "there is no file nowhere.ts."],
    [["serve", ".", "--name", "x"], ". is a directory; expected the file of a class."],
    [["check", "."], ". is a directory; expected the file of a class."],
    [["new", "module", "/proc/no/where"], "/proc/no/where: there is no such directory."],
    [["serve", machines, "--name", "x"], /machines\.js exports no class: export default class Bank \{ \.\.\. \}\.$/],
    [["serve", machines, "--nam", "x"], "there is no option --nam. Did you mean --name?"],
    [
      ["serve", machines, "--name", "x", "--ringmaster", "10.0.0.1:1985"],
      "the Ringmaster at 10.0.0.1:1985 is on a network: --host gives this machine's address there.",
    ],
    [
      ["ringmaster", "--ringmaster", "127.0.0.1"],
      '--ringmaster: address "127.0.0.1" has no port; expected one like 127.0.0.1:4000.',
    ],
    [["ringmaster", "--ringmaster", "127.0.0.1:1985,127.0.0.1:1985"], "--ringmaster names 127.0.0.1:1985 twice."],
    [
      ["ringmaster", "--port", "1988"],
      "none of the Ringmaster's addresses is of this machine, at port 1988: they are 127.0.0.1:1985, 127.0.0.1:1986, 127.0.0.1:1987.",
    ],
    [["ringmaster", "now"], '"now" is one word too many: parameters are given as --name value.'],
    [["call", "bank"], "<method> is missing: troupe call <name> <method> [args..]."],
    [
      ["call", "bank", "deposit", "--collator", "majorty"],
      '--collator takes one of unanimous, first-come, majority, watchdog, not "majorty". Did you mean majority?',
    ],
    [["call", "bank", "deposit", "--wait", "long"], '--wait takes a duration, such as 10s or 250ms, not "long".'],
    [["demo", "no-such-experiment"], /^there is no experiment no-such-experiment\. /],
  ];
  for (const [words, sentence] of refused) {
    it(words.map((word) => word.replace(/^.*\/fixtures\//, "")).join(" "), async () => {
      await assert.rejects(commandLine(words), (error) => {
        assert(error instanceof BadData, String(error));
        if (typeof sentence === "string") assert.equal(error.message, sentence);
        else assert.match(error.message, sentence);
        return true;
      });
      assert.deepEqual(readdirSync("."), []);
    });
  }

  const files: [what: string, text: string, sentence: RegExp][] = [
    ["no experiment", "export const a = 1;", /^\.\/mine\.mjs has no experiment as its default export: export default/],
    [
      "half an experiment",
      "export default { name: 'x', run() {} };",
      /^\.\/mine\.mjs has no experiment as its default/,
    ],
    ["broken code", "export default (", /^(\.\/)?mine\.mjs:1: Unexpected end of file\.$/],
    [
      "an unknown import",
      "import 'troupe/nothing';",
      /^\.\/mine\.mjs cannot be loaded: Package subpath '\.\/nothing' is not/,
    ],
    [
      "a wrong definition",
      "export default { name: 'x', question: '?', parameters: {}, measures: {}, run() {} };",
      /^experiment x measures nothing\.$/,
    ],
  ];
  for (const [what, text, sentence] of files) {
    it(`a file with ${what}`, async () => {
      writeFileSync("mine.mjs", text);
      await assert.rejects(commandLine(["run", "./mine.mjs"]), (error) => {
        assert(error instanceof BadData, String(error));
        assert.match(error.message, sentence);
        return true;
      });
      assert.deepEqual(readdirSync("."), ["mine.mjs"]);
    });
  }

  const classes: [what: string, text: string, sentence: RegExp, ...words: string[]][] = [
    [
      "two classes",
      "export class A {} export class B {}",
      /exports several classes \(A, B\): --export NAME chooses one, or make it the default export\.$/,
    ],
    [
      "no class of that name",
      "export class Bank {} export class Shop {}",
      /exports no class Bink\. Did you mean Bank\?$/,
      "--export",
      "Bink",
    ],
    [
      "a state that cannot travel",
      "export class A { f = () => 1; get() {} }",
      /^\.\/mine\.mjs: A cannot be a module: state of A\.f is a function in a field, which is no procedure/,
    ],
    [
      "no procedures",
      "export class A { get = () => 1; }",
      /^\.\/mine\.mjs: A cannot be a module: it has no procedures; procedures are the methods of a class/,
    ],
    [
      "a constructor that lacks arguments",
      "export class A { constructor(a, b) { this.a = a; } get() {} }",
      /its constructor takes 2 arguments, and is given 1; --arguments '\[\.\.\.\]' gives them\.$/,
      "--arguments",
      "[1]",
    ],
    [
      "a constructor that its ancestor has",
      "class B { constructor(a) { this.a = a; } get() {} } export class A extends B {}",
      /A cannot be a module: its constructor takes 1 argument, and is given 0; --arguments/,
    ],
    [
      "marks of a method that it has not",
      'export class A { static transactions = { reads: ["got"] }; get() {} }',
      /^\.\/mine\.mjs: A cannot be a module: class A marks the method got, which it has not; it has get\.$/,
    ],
    [
      "arguments that are no list",
      "export class A { get() {} }",
      /^--arguments takes a JSON array/,
      "--arguments",
      "12",
    ],
    [
      "an argument that a float64 does not hold",
      "export class A { get() {} }",
      /^the number 9007199254740993 would arrive as 9007199254740992/,
      "--arguments",
      "[9007199254740993]",
    ],
  ];
  for (const [what, text, sentence, ...words] of classes) {
    it(`a module with ${what}`, async () => {
      writeFileSync("mine.mjs", text);
      await assert.rejects(commandLine(["serve", "./mine.mjs", "--name", "x", ...words]), (error) => {
        assert(error instanceof BadData, String(error));
        assert.match(error.message, sentence);
        return true;
      });
    });
  }

  it("every command has help with examples", async () => {
    const { log } = console;
    for (const command of ["run", "sweep", "coverage", "chart", "demo", "list", "ringmaster", "serve", "call"]) {
      let printed = "";
      console.log = (text: string) => (printed += text);
      try {
        await commandLine([command, "--help"]);
      } finally {
        console.log = log;
      }
      assert.match(printed, new RegExp(`^troupe ${command}`));
      assert.match(printed, new RegExp(`Examples:\n {2}troupe ${command}`));
    }
  });

  it("input that the experiment itself refuses", async () => {
    await assert.rejects(
      commandLine(["run", fixture("stubborn"), "--isBad", "--workers", "1"]),
      (error) => error instanceof BadData && error.message === "line 3 of the outages has no end.",
    );
    assert(!existsSync("out/stubborn-isBad-true"));
  });
});
