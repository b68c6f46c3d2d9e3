/**
 * Randomized runs of replicated programs under faults, judged from outside: by the checkers, and by what the clients were
 * answered. Sound protocols pass every seed; a protocol with one rule broken fails at one of the first.
 */
import { firstCome, majority, watchdog } from "../../protocols/call/collator.ts";
import { Program } from "../../protocols/program/program.ts";
import { CallError } from "../../protocols/errors.ts";
import { exponential } from "../../sim/chance/lifetimes.ts";
import { checkEqualState } from "../../sim/checkers/equal-state.ts";
import { checkExactlyOnce } from "../../sim/checkers/exactly-once.ts";
import { Scene } from "../protocols/call/scene.ts";

/** What was found wrong in the runs of a seed; nothing, if all is well. */
export async function problemsOf(seed: string): Promise<string[]> {
  const problems: string[] = [];
  for (const scenario of [replicatedThreads, restartingClients, collating, openCalls]) {
    try {
      problems.push(...(await scenario(seed)));
    } catch (error) {
      problems.push(`${scenario.name} threw ${String(error)}`);
    }
    if (problems.length > 0) break;
  }
  return problems;
}

class Ledger {
  sum = 0;
  count = 0;
  enter(amount: number): number {
    this.sum += amount;
    return ++this.count;
  }
  /** Called at the same time as `file`, so its answer must not depend on which is executed first. */
  note(amount: number): number {
    this.enter(amount);
    return amount;
  }
  file(document: Uint8Array): number {
    this.enter(document.length);
    return document.reduce((a, b) => (a * 31 + b) | 0, 0);
  }
}

const document = Uint8Array.from({ length: 6000 }, (_, i) => (i * 7919) >> 3);
const digest = new Ledger().file(document);

class Teller {
  readonly program: Program;
  constructor(program: Program) {
    this.program = program;
  }
  /** A nested call, then two at the same time. */
  async pay(amount: number): Promise<number> {
    const ledger = this.program.import(Ledger, "ledger");
    const entry = await ledger.enter(amount);
    const [, filed] = await Promise.all([ledger.note(amount), ledger.file(document)]);
    if (filed !== digest) throw new Error("the document was damaged");
    return entry;
  }
}

class Root {
  begun = false;
}

/** A replicated root calls replicated tellers, which call a replicated ledger, while members crash. */
async function replicatedThreads(seed: string): Promise<string[]> {
  const scene = new Scene({ seed, network: { delay: exponential(3), loss: 0.12, duplication: 0.12 } });
  const { world, stage } = scene;
  const random = world.random.fork("scenario");
  const ledger = stage.troupe("ledger", () => new Ledger(), 3, { collators: { note: firstCome } });
  const teller = stage.troupe("teller", (program) => new Teller(program), 2);
  const payments = 4;
  const answers: number[] = [];
  let done = false;
  let rootTroupe: Parameters<Program["thread"]>[1];
  const begin = (program: Program, first: boolean): void => {
    const steps = program.host.random.fork("steps");
    program
      .thread(async () => {
        const stub = program.import(Teller, "teller");
        for (let i = 1; i <= payments; i++) {
          const entry = await stub.pay(i);
          if (first) answers.push(entry);
          if (steps.next() < 0.5) await program.sleep(steps.next() * 400);
        }
        if (first) done = true;
      }, rootTroupe)
      .catch((error: unknown) => {
        // A second life of the other member is refused, and its calls fail.
        if (first) answers.push(NaN);
        if (!(error instanceof Error)) throw error;
      });
  };
  const root = stage.troupe(
    "root",
    (program) => {
      // Lives after the first begin here; the first when the troupe is complete.
      if (rootTroupe !== undefined) begin(program, false);
      return new Root();
    },
    2,
  );
  rootTroupe = root.troupe;
  root.members.forEach(({ program }, index) => begin(program, index === 0));

  const sometime = (): number => random.next() * 1500;
  if (random.next() < 0.6) world.at(sometime(), () => ledger.member(1).machine.crash());
  if (random.next() < 0.4) world.at(sometime(), () => teller.member(2).machine.crash());
  if (random.next() < 0.6) {
    const { machine } = root.member(2);
    const time = sometime();
    const back = random.next() < 0.7;
    world.at(time, () => machine.crash());
    if (back) world.at(time + 40, () => machine.restart());
  }
  await world.run(200_000);

  const problems = checkExactlyOnce(scene.trace, {
    seed,
    members: (id) => [ledger, teller].find(({ troupe }) => troupe.id === id)!.members.map((m) => m.process.address),
  }).map(({ sentence }) => sentence);
  const living = ledger.members.filter(({ machine }) => machine.up);
  const states = living.map(({ machine, module }) => ({ name: machine.name, state: module }));
  problems.push(...checkEqualState(states, { seed, time: world.now }).map(({ sentence }) => sentence));
  if (!done) problems.push(`the root's thread did not end; answers ${answers.join()}`);
  const expected = Array.from({ length: payments }, (_, i) => 3 * i + 1).join();
  if (answers.join() !== expected) problems.push(`the root was answered ${answers.join()} instead of ${expected}`);
  return problems;
}

class Echo {
  readonly program: Program;
  constructor(program: Program) {
    this.program = program;
  }
  async echo(text: string): Promise<string> {
    await this.program.sleep(this.program.random() * 60);
    return text;
  }
}

/** A client that crashes and starts again and again, while the network delivers what was meant for its earlier lives. */
async function restartingClients(seed: string): Promise<string[]> {
  const scene = new Scene({
    seed,
    network: { delay: exponential(25), duplication: { probability: 0.3, lag: exponential(80) }, loss: 0.05 },
  });
  const { world, stage } = scene;
  const random = world.random.fork("scenario");
  const echo = stage.troupe("echo", (program) => new Echo(program), 2);
  const problems: string[] = [];
  const lives = 8;
  let finished = 0;
  const machine = world.machine("client");
  machine.start((host) => {
    const program = new Program(host, stage.binding);
    const calls = async (): Promise<void> => {
      const stub = program.import(Echo, "echo", { collator: firstCome });
      for (let n = 1; n <= 5; n++) {
        const text = `call ${n} of life ${host.incarnation}`;
        const answer = await stub.echo(text);
        if (answer !== text) problems.push(`${text} was answered "${answer}"`);
      }
      if (host.incarnation === lives) finished++;
    };
    program.thread(calls).catch((error: unknown) => problems.push(`a call failed: ${String(error)}`));
  });
  for (let life = 1, time = 0; life < lives; life++) {
    time += 20 + random.next() * 200;
    world.at(time, () => {
      machine.crash();
      machine.restart();
    });
  }
  await world.run(60_000);
  if (finished !== 1) problems.push("the client's last life did not end its calls");
  const members = echo.members.map(({ process }) => process.address);
  problems.push(...checkExactlyOnce(scene.trace, { seed, members: () => members }).map(({ sentence }) => sentence));
  return problems;
}

class Sensor {
  readonly reading: number;
  readonly program: Program;
  constructor(program: Program, reading: number) {
    this.program = program;
    this.reading = reading;
  }
  read(): number {
    return this.reading;
  }
}

async function kindOf(call: Promise<unknown>): Promise<string> {
  try {
    return String(await call);
  } catch (error) {
    return error instanceof CallError ? error.kind : String(error);
  }
}

/** A member that deviates, and a partition: each collator has one right outcome. */
async function collating(seed: string): Promise<string[]> {
  const scene = new Scene({ seed, network: { delay: exponential(3), loss: 0.05 } });
  const { world, stage } = scene;
  const random = world.random.fork("scenario");
  const wrong = Math.floor(random.next() * 5);
  let made = 0;
  stage.troupe("sensor", (program) => new Sensor(program, made++ === wrong ? 9 : 4), 5);
  const outcomes: Record<string, string> = {};
  const calls = async (client: Program, kinds: readonly ("unanimous" | "majority" | "watchdog")[]): Promise<void> => {
    for (const kind of kinds) {
      const collator = kind === "majority" ? majority : kind === "watchdog" ? watchdog : undefined;
      const stub = client.import(Sensor, "sensor", collator === undefined ? {} : { collator });
      const first = await kindOf(stub.read());
      outcomes[`${client.host.address >> 8} ${kind}`] = first;
      if (kind !== "watchdog") continue;
      // By now all have answered.
      await client.sleep(20_000);
      outcomes[`${client.host.address >> 8} ${kind}`] = await kindOf(stub.read());
    }
  };
  const client = stage.client("client");
  void client.thread(() => calls(client, ["unanimous", "majority", "watchdog"]));
  await world.run(60_000);
  const near = stage.client("near");
  world.partition({ between: ["near", "sensor 1", "sensor 2"] });
  void near.thread(() => calls(near, ["majority"]));
  await world.run(120_000);

  const expected: Record<string, string> = {
    "5 unanimous": "disagreement",
    "5 majority": "4",
    "5 watchdog": "thread-aborted",
    "6 majority": "no-majority",
  };
  return Object.entries(expected)
    .filter(([key, kind]) => outcomes[key] !== kind)
    .map(([key, kind]) => `client ${key}: ${outcomes[key]} instead of ${kind}`);
}

class Desk {
  readonly program: Program;
  constructor(program: Program) {
    this.program = program;
  }
  async work(milliseconds: number): Promise<number> {
    await this.program.sleep(milliseconds);
    return milliseconds;
  }
}

/** Long calls beside many short ones of other threads: each ends as it should, however long it takes. */
async function openCalls(seed: string): Promise<string[]> {
  const scene = new Scene({ seed, network: { delay: exponential(2), loss: 0.1, duplication: 0.1 } });
  const { world, stage } = scene;
  const desk = stage.troupe("desk", (program) => new Desk(program), 2);
  const client = stage.client("client");
  const stub = client.import(Desk, "desk");
  const problems: string[] = [];
  let ended = 0;
  const threads = [3000, 5, 700, 20, 1];
  for (const milliseconds of threads) {
    void client.thread(async () => {
      for (let n = 0; n < 3; n++) {
        const answer = await kindOf(stub.work(milliseconds));
        if (answer !== String(milliseconds)) problems.push(`work of ${milliseconds} ms: ${answer}`);
      }
      ended++;
    });
  }
  await world.run(60_000);
  if (ended < threads.length) problems.push(`${threads.length - ended} threads did not end`);
  const members = desk.members.map(({ process }) => process.address);
  problems.push(...checkExactlyOnce(scene.trace, { seed, members: () => members }).map(({ sentence }) => sentence));
  return problems;
}
