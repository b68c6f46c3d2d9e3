/**
 * The soak: members of a statically bound troupe, each a process of its own, are killed (SIGKILL) and started again at
 * random while clients call. Checkers judge the traces that all processes wrote.
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import { streams, type Stream } from "../../sim/chance/random.ts";
import { checkExactlyOnce } from "../../sim/checkers/exactly-once.ts";
import { checkNoCallLost } from "../../sim/checkers/no-call-lost.ts";
import { parseTrace } from "../../sim/trace-file.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { addressOf, portOf } from "../../udp/address.ts";
import { monotonicNow } from "../../udp/clock.ts";
import { Socket } from "../../udp/socket.ts";
import type { Message, Order, Orders } from "./child.ts";

export interface SoakOptions {
  readonly seed: string;
  /** Time under load, in ms. */
  readonly duration: number;
  readonly members: number;
  readonly clients: number;
  /** Probability that a datagram is lost, and that it is delivered twice. */
  readonly loss: number;
  /** Mean times in ms: between kills, and until a killed member is started again. */
  readonly betweenKills: number;
  readonly untilRestart: number;
}

export interface SoakResult {
  readonly calls: number;
  readonly executions: number;
  readonly kills: number;
  /** The fewest members that were up at once. */
  readonly fewest: number;
  /** Calls by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  /**
   * MiB in use after collection, over all processes: the most, and how much more the clients had at the end than early
   * on.
   */
  readonly memory: { readonly most: number; readonly growth: number };
  /** One sentence for each thing that must not be. */
  readonly failures: readonly string[];
}

const mostMemory = 64;
const mostGrowth = 3;

class Worker {
  readonly name: string;
  readonly port: number;
  incarnation = 0;
  /** Memory in use, in MiB, as it was asked for. */
  readonly memory: number[] = [];
  calls = 0;
  /** Ends that nobody wanted. */
  readonly crashes: string[] = [];
  up = false;
  /** Its end was wanted. */
  ending = false;
  child: ChildProcess | undefined = undefined;
  readonly #start: () => ChildProcess;

  constructor(name: string, port: number, start: () => ChildProcess) {
    this.name = name;
    this.port = port;
    this.#start = start;
  }

  start(): Promise<void> {
    this.ending = false;
    const child = this.#start();
    this.child = child;
    return new Promise((resolve, reject) => {
      child.on("message", (message: Message) => {
        if (message.type === "started") {
          this.incarnation = message.incarnation;
          this.up = true;
          resolve();
        } else if (message.type === "memory") this.memory.push(message.bytes / 2 ** 20);
        else this.calls = message.calls;
      });
      child.on("exit", (code, signal) => {
        this.up = false;
        if (this.ending) return;
        this.crashes.push(`${this.name} ended by itself: ${signal ?? `exit status ${code}`}`);
        reject(new Error(this.crashes.at(-1)));
      });
    });
  }

  order(order: Order): void {
    // One that is being killed may be gone before it is told.
    if (this.up && !this.ending) this.child!.send(order, () => {});
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child!.once("exit", resolve));
    this.order("stop");
    this.ending = true;
    await ended;
  }

  async kill(): Promise<void> {
    this.ending = true;
    const ended = new Promise((resolve) => this.child!.once("exit", resolve));
    this.child!.kill("SIGKILL");
    await ended;
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** So many ports that are free. */
function freePorts(count: number): number[] {
  const sockets = Array.from({ length: count }, () => new Socket(addressOf("127.0.0.1", 0), false, () => {}));
  const ports = sockets.map(({ address }) => portOf(address));
  for (const socket of sockets) socket.close();
  return ports;
}

export class Soak {
  readonly #options: SoakOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), "troupe-soak-"));
  readonly #random: Stream;
  readonly #members: readonly Worker[];
  readonly #clients: readonly Worker[];
  readonly #troupe: Troupe;
  /** What only the supervisor saw: the ends of killed members. */
  readonly #ends: StampedEvent[] = [];
  #kills = 0;
  #fewest: number;
  #going = true;

  constructor(options: SoakOptions) {
    const { members, clients, seed, loss } = options;
    this.#options = options;
    this.#random = streams(seed, 0);
    this.#fewest = members;
    const ports = freePorts(members + clients);
    this.#troupe = {
      id: 1,
      name: "clerks",
      module: 1,
      members: ports.slice(0, members).map((port) => ({ address: addressOf("127.0.0.1", port) })),
      group: addressOf(`239.253.${process.pid & 255}.${(process.pid >> 8) & 255}`, 43_000),
    };
    const worker = (kind: "member" | "client", number: number, port: number): Worker => {
      const name = `${kind} ${number}`;
      let lives = 0;
      return new Worker(name, port, () => {
        const file = fileURLToPath(new URL(`${kind}.js`, import.meta.url));
        const life = ++lives;
        const traceFile = join(this.#directory, `${name} ${life}`);
        const orders: Orders = { name, port, troupe: this.#troupe, seed: `${seed} ${name} ${life}`, loss, traceFile };
        return fork(file, [JSON.stringify(orders)], { execArgv: ["--expose-gc"] });
      });
    };
    this.#members = ports.slice(0, members).map((port, i) => worker("member", i + 1, port));
    this.#clients = ports.slice(members).map((port, i) => worker("client", i + 1, port));
  }

  async run(progress: (sentence: string) => void): Promise<SoakResult> {
    const { duration, seed } = this.#options;
    try {
      await Promise.all(this.#members.map((member) => member.start()));
      await Promise.all(this.#clients.map((client) => client.start()));
      const began = monotonicNow();
      const left = (): number => duration - (monotonicNow() - began);
      const killing = this.#killAndRestart(left);
      const every = Math.max(250, duration / 40);
      while (left() > 0) {
        await pause(Math.min(every, left()));
        for (const worker of [...this.#members, ...this.#clients]) worker.order("memory");
        progress(`${Math.max(0, left() / 1000).toFixed(0)} s left, ${this.#kills} kills`);
      }
      this.#going = false;
      await killing;
      await pause(500);
      await Promise.all(this.#clients.map((client) => client.stop()));
      await Promise.all(this.#members.map((member) => member.stop()));
      return this.#judge(seed);
    } finally {
      for (const { child } of [...this.#members, ...this.#clients]) child?.kill("SIGKILL");
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  async #killAndRestart(left: () => number): Promise<void> {
    const { betweenKills, untilRestart } = this.#options;
    const random = this.#random.fork("kills");
    const exponential = (mean: number): number => -mean * Math.log(1 - random.next());
    const restarts: Promise<void>[] = [];
    while (this.#going) {
      await pause(exponential(betweenKills));
      const up = this.#members.filter((member) => member.up && !member.ending);
      // One stays: that no call is lost is promised as long as a member lives.
      if (left() <= 0 || up.length <= 1) continue;
      const victim = up[Math.floor(random.next() * up.length)]!;
      const { name: machine, port, incarnation } = victim;
      const address = addressOf("127.0.0.1", port);
      // Dead from here on: what it did after this moment does not count in its favour.
      const event = { type: "end", reason: "crash" } as const;
      this.#ends.push({ time: monotonicNow(), machine, address, incarnation, event });
      await victim.kill();
      this.#kills++;
      this.#fewest = Math.min(this.#fewest, this.#members.filter(({ up }) => up).length);
      const rest = exponential(untilRestart);
      restarts.push(pause(rest).then(() => victim.start()));
    }
    await Promise.all(restarts);
  }

  #judge(seed: string): SoakResult {
    const files = readdirSync(this.#directory).toSorted((a, b) => (a < b ? -1 : 1));
    const trace = files.flatMap((file) => {
      // What was being written when the process was killed may be half a line.
      const text = readFileSync(join(this.#directory, file), "utf8");
      return [...parseTrace(text.slice(0, text.lastIndexOf("\n") + 1), file).events];
    });
    const events = [...trace, ...this.#ends].toSorted((a, b) => a.time - b.time);
    const members = (): number[] => this.#troupe.members.map(({ address }) => address);
    const violations = [...checkExactlyOnce(events, { seed, members }), ...checkNoCallLost(events, { seed, members })];
    const workers = [...this.#members, ...this.#clients];
    const failures = [...workers.flatMap(({ crashes }) => crashes), ...violations.map(({ sentence }) => sentence)];
    const outcomes: Record<string, number> = {};
    for (const { event } of events) {
      if (event.type === "call-done") outcomes[event.outcome] = (outcomes[event.outcome] ?? 0) + 1;
      if (event.type === "note") failures.push(event.text);
    }
    const most = Math.max(...workers.flatMap(({ memory }) => memory));
    const growth = Math.max(...this.#clients.map(({ memory }) => growthOf(memory)));
    if (most > mostMemory) failures.push(`a process had ${most.toFixed(1)} MiB in use`);
    if (growth > mostGrowth) failures.push(`a client's memory grew by ${growth.toFixed(1)} MiB`);
    return {
      calls: this.#clients.reduce((sum, { calls }) => sum + calls, 0),
      executions: events.filter(({ event }) => event.type === "execute").length,
      kills: this.#kills,
      fewest: this.#fewest,
      outcomes,
      memory: { most, growth },
      failures,
    };
  }
}

/** How much more the last quarter has than the second, on average. */
function growthOf(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  return quarter === 0 ? 0 : mean(samples.slice(-quarter)) - mean(samples.slice(quarter, 2 * quarter));
}
