/**
 * Placements of seven members against MiniZinc with Gecode (Debian: minizinc, flatzinc), on the same questions. Ours
 * has the table of machines in memory, as the configuration manager has it; MiniZinc is a command, which reads its data
 * for each question. So does clingo, from npm.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Benchmark, type Row } from "./benchmark.ts";
import { contest, dist, program, ratio, runProgram } from "./contest.ts";
import { formulas, machines, minizincData, minizincModel, type FormulaName } from "./placements.ts";

const sizes = [100, 1000, 10_000];
const rounds = 3;

/** Longest time in s for one answer of MiniZinc. */
const patience = 60;

interface Answered {
  readonly cpuSeconds: number;
  /** Undefined if it was stopped. */
  readonly worth: number | undefined;
}

let installed: boolean | undefined;

function isInstalled(): boolean {
  if (installed === undefined) {
    const { status, stdout } = spawnSync("minizinc", ["--solvers"], { encoding: "utf8" });
    installed = status === 0 && stdout.includes("Gecode");
    if (!installed)
      process.stderr.write("MiniZinc with Gecode is not installed (Debian: minizinc, flatzinc); it is left out.\n");
  }
  return installed;
}

/** One answer: model and data read, flattened and solved. The shell tells the CPU time of all that it has started. */
function minizinc(model: string, data: string): Answered {
  const command = `TIMEFORMAT='cpu %U %S'; time timeout ${patience} minizinc --solver gecode ${model} ${data} 2> /dev/null`;
  const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr)!;
  const worth = /UNSATISFIABLE/.test(stdout) ? -1 : [...stdout.matchAll(/worth (\d+)/g)].at(-1)?.[1];
  const isDone =
    /UNSATISFIABLE|==========/.test(stdout) || (/----------/.test(stdout) && !/worth [02-9]|worth 1\d/.test(stdout));
  return {
    cpuSeconds: Number(user) + Number(system),
    worth: isDone && worth !== undefined ? Number(worth) : undefined,
  };
}

function compare(name: FormulaName, size: number, directory: string): Row {
  const what = `${size} machines: ${formulas[name].what}`;
  const goal = size >= 1000 ? ({ of: "ratio", atLeast: 5 } as const) : undefined;
  const ours = program("configuration", [name, String(size)]);
  if (!isInstalled()) {
    const { operations, cpuSeconds } = runProgram(ours);
    return { what, value: operations / cpuSeconds, unit: "answers/CPU s", ...(goal === undefined ? {} : { goal }) };
  }
  const [model, data] = [join(directory, `${name}.mzn`), join(directory, `${size}.dzn`)];
  writeFileSync(model, minizincModel(name));
  writeFileSync(data, minizincData(machines(size)));
  const [rates, peers, ratios]: [number[], number[], number[]] = [[], [], []];
  let stopped = false;
  for (let round = 0; round < rounds && !stopped; round++) {
    const { operations, cpuSeconds } = runProgram(ours);
    const theirs = minizinc(model, data);
    stopped = theirs.worth === undefined;
    if (!stopped) mustAgree(name, size, theirs.worth!);
    rates.push(operations / cpuSeconds);
    peers.push(1 / theirs.cpuSeconds);
    ratios.push(operations / cpuSeconds / peers.at(-1)!);
  }
  const peer = {
    name: stopped ? `MiniZinc, stopped after ${patience} s` : "MiniZinc, Gecode",
    value: median(peers),
    ratio: median(ratios),
  };
  return { what, value: median(rates), unit: "answers/CPU s", peer, ...(goal === undefined ? {} : { goal }) };
}

/** clingo as WebAssembly answers in its own process, its table read anew for each question. */
function compareClingo(name: FormulaName, size: number): Row[] {
  if (formulas[name].clingo === undefined) return [];
  const answer = Number(outputOf("clingo", name, size, "answer"));
  if (answer !== Number(outputOf("configuration", name, size, "answer"))) {
    throw new Error(`${name}, ${size} machines: clingo answers ${answer}`);
  }
  const contestants = ["configuration", "clingo"].map((ours) => program(ours, [name, String(size)]));
  const [us, them] = contest(contestants, 1);
  const peer = { name: "clingo-wasm", value: them!.rate * 1e6, ratio: ratio(us!, them!) };
  return [{ what: `${size} machines: ${formulas[name].what}`, value: us!.rate * 1e6, unit: "answers/CPU s", peer }];
}

/** What comes once for each table. */
function reading(size: number): Row {
  const { operations, cpuSeconds } = runProgram(program("configuration", ["different", String(size), "read"]));
  return { what: `${size} machines: the table read`, value: operations / cpuSeconds, unit: "tables/CPU s" };
}

function outputOf(name: string, ...parameters: (string | number)[]): string {
  const file = join(dist, "bench", "programs", `${name}.js`);
  return spawnSync(process.execPath, [file, ...parameters.map(String)], { encoding: "utf8" })
    .stdout.trim()
    .split("\n")
    .at(-1)!;
}

/** @throws Error if the two programs have not answered the same question. */
function mustAgree(name: FormulaName, size: number, theirs: number): void {
  const ours = outputOf("configuration", name, size, "answer");
  if (Number(ours) !== theirs) throw new Error(`${name}, ${size} machines: we answer ${ours}, MiniZinc ${theirs}`);
}

export const configuration: Benchmark = {
  name: "configuration",
  goal: "seven members on 1,000 machines and more at least 5 times as fast as the command minizinc with Gecode, the table in memory; 10,000 within a CPU second",
  run: ({ long }) => {
    const directory = mkdtempSync(join(tmpdir(), "troupe-bench-"));
    try {
      const names = Object.keys(formulas) as FormulaName[];
      const rows = sizes.flatMap((size) => [
        ...names.map((name) => compare(name, size, directory)),
        ...(size === 1000 || (long && size > 1000) ? names.flatMap((name) => compareClingo(name, size)) : []),
        reading(size),
      ]);
      return Promise.resolve(rows);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};
