/**
 * Wall time of sweeps: two workers beside one, beside the time that two processes with nothing in common need on this
 * machine, and a queue on Redis beside threads. Figures mean something on a machine with two free cores only.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pause } from "../harness/real/process.ts";
import { median, type Benchmark, type Row } from "./benchmark.ts";

const main = fileURLToPath(new URL("../harness/cli/main.js", import.meta.url));
const sizes = { short: { rounds: 3, replications: 1000 }, long: { rounds: 1, replications: 10_000 } } as const;

/** A replication that computes for `turns` turns, and draws one number. */
const experimentText = `
import { experiment } from "troupe/experiment";
import { count } from "troupe/parameters";
export default experiment({
  name: "computing",
  question: "How long does a replication take that computes for a fixed number of turns?",
  parameters: { turns: count(1, "turns of the loop") },
  measures: { drawn: { help: "a number" } },
  run(p, replication) {
    let sum = replication.random("drawn")();
    for (let i = 0; i < p.turns; i++) sum = (sum * 1664525 + 1013904223) % 4294967296;
    return { drawn: sum };
  },
  charts: [],
});
`;

/** Turns of the loop above that take about 20 ms here. */
function turnsOf20Ms(): number {
  const tried = 5_000_000;
  const times = Array.from({ length: 5 }, () => {
    let sum = performance.now() % 1;
    const began = performance.now();
    for (let i = 0; i < tried; i++) sum = (sum * 1664525 + 1013904223) % 4294967296;
    return sum < 0 ? NaN : performance.now() - began;
  });
  return Math.round((tried * 20) / median(times));
}

export const sweeps: Benchmark = {
  name: "sweeps",
  goal: "two workers take at most 0.55 of the wall time of one, and a queue with four at most 1.1 of that of threads",
  async run({ long }) {
    const directory = mkdtempSync(join(tmpdir(), "troupe-bench-"));
    writeFileSync(join(directory, "computing.js"), experimentText);
    writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
    const bench = new SweepBench(directory, turnsOf20Ms(), sizes[long ? "long" : "short"]);
    try {
      return [...(await bench.workers()), ...(await bench.queue())];
    } finally {
      bench.close();
    }
  },
};

class SweepBench {
  private readonly started: ChildProcess[] = [];
  private runs = 0;
  private readonly directory: string;
  private readonly turns: number;
  private readonly rounds: number;
  private readonly replications: number;

  constructor(directory: string, turns: number, { rounds, replications }: { rounds: number; replications: number }) {
    this.directory = directory;
    this.turns = turns;
    this.rounds = rounds;
    this.replications = replications;
  }

  private words(replications: number, how: readonly string[]): string[] {
    const out = join(this.directory, `out-${this.runs++}`);
    const cell = `--turns ${this.turns} --replications ${replications} --no-charts --out ${out}`;
    return [main, "sweep", "computing.js", ...cell.split(" "), ...how];
  }

  private start(command: string, words: readonly string[]): ChildProcess {
    const child = spawn(command, words, { cwd: this.directory, stdio: ["ignore", "pipe", "ignore"] });
    this.started.push(child);
    return child;
  }

  /** Seconds until sweeps that run side by side, one for each element of `how`, have all ended. */
  private async seconds(replications: number, how: readonly (readonly string[])[]): Promise<number> {
    const began = performance.now();
    const ends = how.map(async (each) => {
      const [status] = (await once(this.start(process.execPath, this.words(replications, each)), "exit")) as [number];
      if (status !== 0) throw new Error(`troupe sweep computing.js ${each.join(" ")} ended with status ${status}`);
    });
    await Promise.all(ends);
    return (performance.now() - began) / 1000;
  }

  /** Two workers beside one; and, as the best that the machine allows, two processes that share the replications. */
  async workers(): Promise<Row[]> {
    const one = ["--workers", "1"];
    const times = { one: [] as number[], two: [] as number[], apart: [] as number[] };
    for (let round = 0; round < this.rounds; round++) {
      times.one.push(await this.seconds(this.replications, [one]));
      times.two.push(await this.seconds(this.replications, [["--workers", "2"]]));
      times.apart.push(await this.seconds(this.replications / 2, [one, one]));
    }
    const row = (what: string, values: readonly number[]) => ({
      what,
      value: median(values),
      unit: "s",
      peer: {
        name: "1 worker",
        value: median(times.one),
        ratio: median(values.map((each, i) => each / times.one[i]!)),
      },
    });
    return [
      { ...row("sweep, 2 workers", times.two), goal: { of: "ratio", atMost: 0.55 } },
      row("two processes of half the sweep each", times.apart),
    ];
  }

  /** Four workers of a queue beside four threads. */
  async queue(): Promise<Row[]> {
    const what = "sweep, queue with 4 workers";
    if (spawnSync("redis-server", ["--version"]).status !== 0) {
      process.stdout.write("redis-server is not installed; the queue is left out.\n");
      return [];
    }
    const port = await freePort();
    const address = `redis://127.0.0.1:${port}`;
    this.start("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", ""]);
    while (spawnSync("redis-cli", ["-p", String(port), "ping"]).status !== 0) await pause(50);
    this.start(process.execPath, [main, "worker", "--queue", address, "--workers", "4"]);
    await pause(1500);
    const threads: number[] = [];
    const fed: number[] = [];
    for (let round = 0; round < this.rounds; round++) {
      threads.push(await this.seconds(this.replications, [["--workers", "4"]]));
      fed.push(await this.seconds(this.replications, [["--queue", address]]));
    }
    const ratio = median(fed.map((each, i) => each / threads[i]!));
    const peer = { name: "4 threads", value: median(threads), ratio };
    return [{ what, value: median(fed), unit: "s", peer, goal: { of: "ratio", atMost: 1.1 } }];
  }

  close(): void {
    for (const child of this.started) child.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
