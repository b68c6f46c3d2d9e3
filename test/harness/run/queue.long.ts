import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";

const main = fileURLToPath(new URL("../../../harness/cli/main.js", import.meta.url));
const isThere = spawnSync("redis-server", ["--version"]).status === 0;

/** A user's experiment: each replication takes 20 ms, and number 7 throws under the seed "bad". */
const experimentText = `
import { experiment } from "troupe/experiment";
import { count } from "troupe/parameters";
import { share } from "./helper.js";
export default experiment({
  name: "slow",
  question: "What is drawn?",
  parameters: { factor: count(1, "a factor") },
  measures: { drawn: { help: "a number" } },
  async run(p, replication) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (replication.seed === "bad" && replication.number === 7) throw new Error("seven is bad");
    return { drawn: share * p.factor * replication.random("drawn")() };
  },
  charts: [],
});
`;

interface Running {
  readonly process: ChildProcess;
  /** What it has said so far, on both outputs. */
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

/** Waits until something holds; fails with what was said instead. */
async function until(holds: () => boolean, said: () => string, limit = 60_000): Promise<void> {
  for (const end = performance.now() + limit; !holds();) {
    assert.ok(performance.now() < end, `it never came:\n${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("a queue on Redis", function () {
  this.timeout(120_000);
  const started: ChildProcess[] = [];
  let directory = "";
  let address = "";

  function start(command: string, words: readonly string[], cwd = directory): Running {
    const process = spawn(command, words, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    started.push(process);
    let text = "";
    for (const stream of [process.stdout, process.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
    const ended = new Promise<number | null>((resolve) => process.on("exit", (status) => resolve(status)));
    return { process, said: () => text, ended };
  }
  const troupe = (words: string, cwd = directory): Running => start(process.execPath, [main, ...words.split(" ")], cwd);
  const worker = (cwd = directory): Running => troupe(`worker --queue ${address} --workers 2`, cwd);
  const rowsOf = (name: string): string => readFileSync(join(directory, name, "rows.csv"), "utf8");

  before(async function () {
    if (!isThere) {
      process.stdout.write("    redis-server is not installed; the queue is not tested.\n");
      this.skip();
    }
    directory = mkdtempSync(join(tmpdir(), "troupe-queue-"));
    writeFileSync(join(directory, "slow.js"), experimentText);
    writeFileSync(join(directory, "helper.js"), "export const share = 1;\n");
    writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
    const port = await freePort();
    address = `redis://127.0.0.1:${port}`;
    const redis = start("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", ""]);
    await until(() => redis.said().includes("Ready to accept"), redis.said);
  });

  afterEach(() => {
    for (const process of started.splice(1)) process.kill("SIGKILL");
  });

  after(() => {
    for (const process of started) process.kill("SIGKILL");
    if (directory !== "") rmSync(directory, { recursive: true, force: true });
  });

  it("gives the bytes of a local run, though workers come late and are killed; and leaves nothing behind", async () => {
    const sweep = "sweep slow.js --factor 1..4 --replications 100 --no-charts";
    const local = troupe(`${sweep} --workers 1 --out local`);
    assert.equal(await local.ended, 0, local.said());
    const fed = troupe(`${sweep} --queue ${address} --out fed`);
    await until(() => fed.said().includes("no worker is at redis://127.0.0.1:"), fed.said);
    assert.match(fed.said(), /400 replications wait\. .*: troupe worker --queue redis:/);
    const killed = [worker(), worker()];
    for (const each of killed) await until(() => each.said().includes("works for the sweep of slow"), each.said);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(fed.process.exitCode, null, "the sweep was over before a worker was killed");
    for (const each of killed) each.process.kill("SIGKILL");
    const last = worker();
    assert.equal(await fed.ended, 0, `${fed.said()}\n${last.said()}`);
    assert.match(fed.said(), /The same again: troupe sweep slow\.js/);
    assert.equal(rowsOf("fed"), rowsOf("local"));
    assert.equal(
      readFileSync(join(directory, "fed/manifest.json"), "utf8"),
      readFileSync(join(directory, "local/manifest.json"), "utf8"),
    );
    await until(() => last.said().includes("has ended"), last.said);
    const redis = new Redis(address);
    assert.deepEqual(await redis.keys("*"), []);
    redis.disconnect();
    last.process.kill("SIGTERM");
    assert.equal(await last.ended, 0);
  });

  it("finishes a sweep of 500 cells that was killed twice, though two of its three workers are killed", async function () {
    this.timeout(300_000);
    const sweep = "sweep slow.js --factor 1..500 --replications 2 --no-charts";
    const local = troupe(`${sweep} --workers 2 --out undisturbed`);
    const finished = (): number => {
      const journal = join(directory, "disturbed/journal.jsonl");
      return existsSync(journal) ? readFileSync(journal, "utf8").split("\n").length : 0;
    };
    let before = 0;
    for (const words of ["--workers 2", "--workers 2 --resume"]) {
      const killed = troupe(`${sweep} ${words} --out disturbed`);
      await until(() => finished() > before + 100, killed.said);
      killed.process.kill("SIGKILL");
      await killed.ended;
      before = finished();
    }
    assert.ok(before < 700, `${before} replications were done before the queue came`);
    const fed = troupe(`${sweep} --resume --queue ${address} --out disturbed`);
    const workers = [worker(), worker(), worker()];
    for (const each of workers) await until(() => each.said().includes("works for the sweep of slow"), each.said);
    await until(() => finished() > before + 50, fed.said);
    assert.equal(fed.process.exitCode, null, "the sweep was over before a worker was killed");
    for (const each of workers.slice(0, 2)) each.process.kill("SIGKILL");
    assert.equal(await fed.ended, 0, fed.said());
    assert.equal(await local.ended, 0, local.said());
    assert.match(fed.said(), /Keeps \d+ replications of \d+ cells/);
    for (const name of ["rows.csv", "manifest.json"]) {
      const [one, other] = ["disturbed", "undisturbed"].map((of) => readFileSync(join(directory, of, name), "utf8"));
      assert.equal(one, other, name);
    }
  });

  it("refuses a worker of other code, and says so at both ends", async () => {
    const other = mkdtempSync(join(tmpdir(), "troupe-queue-"));
    try {
      writeFileSync(join(other, "slow.js"), experimentText);
      writeFileSync(join(other, "helper.js"), "export const share = 2;\n");
      writeFileSync(join(other, "package.json"), '{ "type": "module" }\n');
      const refused = worker(other);
      const fed = troupe(`sweep slow.js --replications 3 --no-charts --queue ${address} --out refusing`);
      await until(() => refused.said().includes("does not work for"), refused.said);
      assert.match(
        refused.said(),
        /does not work for the sweep of slow from .*: .*other code \(helper\.js has changed\)/,
      );
      await until(() => /the worker on .* is refused: .*helper\.js has changed/.test(fed.said()), fed.said);
      const right = worker();
      assert.equal(await fed.ended, 0, `${fed.said()}\n${right.said()}`);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("counts a replication that throws as failed, with the command that replays it", async () => {
    worker();
    const fed = troupe(`sweep slow.js --seed bad --replications 20 --no-charts --queue ${address} --out failing`);
    assert.equal(await fed.ended, 1, fed.said());
    assert.match(fed.said(), /1 replication failed:\s+seven is bad\s+troupe run slow\.js --seed bad --replication 7/);
    assert.equal(rowsOf("failing").trim().split("\n").length, 20);
  });

  it("needs a Redis, and says so in a sentence before anything is written", async () => {
    for (const [given, expected] of [
      [
        `redis://127.0.0.1:${await freePort()}`,
        /^troupe: --queue redis:\S+: no Redis answers there \(ECONNREFUSED\)\.\n$/,
      ],
      [
        "localhost",
        /^troupe: --queue takes the address of a Redis server, such as redis:\/\/host:6379, not "localhost"\.\n$/,
      ],
    ] as const) {
      const fed = troupe(`sweep slow.js --queue ${given} --out none`);
      assert.equal(await fed.ended, 2);
      assert.match(fed.said(), expected);
      const lone = troupe(`worker --queue ${given}`);
      assert.equal(await lone.ended, 2);
      assert.match(lone.said(), expected);
    }
    assert.throws(() => rowsOf("none"), /ENOENT/);
  });
});
